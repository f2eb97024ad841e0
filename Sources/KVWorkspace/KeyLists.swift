import KVJobs
import KVLedger
package import KVModel
package import KVTransfer

extension Workspace {
    /// The lists of keys that the caller names one by one, for jobs.
    package func keyLists() throws(KVError) -> KeyLists {
        try require(.runJobs)
        let jobs = resources.jobs
        return KeyLists(store: jobs.keyLists, clock: jobs.clock, files: jobs.files)
    }
}

/// Lists of keys, each with a number. All methods block the calling thread.
package struct KeyLists: Sendable {
    let store: any KeyListStore
    let clock: WallClock
    let files: JobFiles

    /// Throws `invalid_request` when there is no such list.
    package func require(_ number: Int64) throws { try store.requireKeyList(number) }

    /// Creates a list of the keys that `read` adds to it. There is no list if it throws.
    package func create(_ read: (inout KeyListWriter) throws -> Void) throws -> (number: Int64, count: Int) {
        let number = try store.newKeyList(now: clock.now)
        do {
            var writer = KeyListWriter(number, of: store)
            try read(&writer)
            try writer.flush()
            return (number, writer.count)
        } catch {
            drop(number)
            throw error
        }
    }

    /// Drops a list that no job uses. If this fails, it is dropped by its age.
    package func drop(_ number: Int64) { try? store.abandonKeyList(number) }

    /// Creates a list of the keys in a file. Throws `invalid_key` or `invalid_record` with the first line that has no key.
    ///
    /// - Returns: The list's number, the number of its keys, and what the file was read as.
    package func create(
        fromFile path: String, _ format: KeyReader.Format
    ) throws -> (number: Int64, count: Int, format: KeyReader.Format) {
        var reader = try KeyReader(path: path, format: format, maximumExpandedBytes: files.expansionLimit)
        let found = reader.format.flatMap { KeyReader.Format(rawValue: $0.rawValue) } ?? .text
        let (number, count) = try create { list in
            while let key = try reader.next() { try list.add(key) }
            guard !list.isEmpty else { throw KVError(.invalidRequest, "The file names no key.") }
        }
        return (number, count, found)
    }
}
