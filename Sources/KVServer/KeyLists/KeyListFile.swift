import KVJobs
import KVModel
import KVTransfer

/// An uploaded file of keys. Blocks.
struct KeyListFile {
    let path: String
    let format: KeyReader.Format

    struct List {
        /// The list's number in the ledger.
        var number: Int64
        var count: Int
        /// What the file was read as.
        var format: KeyReader.Format
    }

    /// Reads the file into a new list in the ledger. Throws `invalid_key` or `invalid_record` with the first line that holds
    /// no key, and makes nothing then.
    func read(into jobs: Jobs) throws -> List {
        var reader = try KeyReader(path: path, format: format, maximumExpandedBytes: jobs.files.expansionLimit)
        let found = reader.format.flatMap { KeyReader.Format(rawValue: $0.rawValue) } ?? .text
        let number = try jobs.newSelection()
        do {
            var writer = KeyListWriter(number, of: jobs)
            while let key = try reader.next() { try writer.add(key) }
            try writer.flush()
            let count = try jobs.keyCount(ofSelection: number)
            guard count > 0 else { throw KVError(.invalidRequest, "The file names no key.") }
            return List(number: number, count: count, format: found)
        } catch {
            // Should this fail too, the next start drops what belongs to no job.
            try? jobs.dropSelection(number)
            throw error
        }
    }
}
