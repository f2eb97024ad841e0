import KVLedger
import KVModel
import KVTransfer

/// An uploaded file of keys. Blocks.
struct KeyListFile {
    let path: String
    let format: KeyReader.Format
    /// See `KeyReader`.
    let maximumExpandedBytes: Int

    struct List {
        /// The list's number in the ledger.
        var number: Int64
        var count: Int
        /// What the file was read as.
        var format: KeyReader.Format
    }

    /// Reads the file into a new list. Throws `invalid_key` or `invalid_record` with the first line that holds no key; there
    /// is no list then.
    ///
    /// - Parameter now: milliseconds since 1970.
    func read(into lists: any KeyListStore, now: Int64) throws -> List {
        var reader = try KeyReader(path: path, format: format, maximumExpandedBytes: maximumExpandedBytes)
        let found = reader.format.flatMap { KeyReader.Format(rawValue: $0.rawValue) } ?? .text
        let number = try lists.newKeyList(now: now)
        do {
            var writer = KeyListWriter(number, of: lists)
            while let key = try reader.next() { try writer.add(key) }
            try writer.flush()
            guard writer.count > 0 else { throw KVError(.invalidRequest, "The file names no key.") }
            return List(number: number, count: writer.count, format: found)
        } catch {
            // If this fails too, the list is dropped by its age.
            try? lists.abandonKeyList(number)
            throw error
        }
    }
}
