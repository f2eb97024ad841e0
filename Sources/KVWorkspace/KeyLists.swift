import KVJobs
import KVLedger
package import KVModel
package import KVTransfer

extension Workspace {
    /// The lists of keys that the caller names one by one, for jobs.
    package func keyLists() throws(KVError) -> KeyLists {
        try require(.runJobs)
        let jobs = resources.jobs
        return KeyLists(
            store: jobs.keyLists, clock: jobs.clock, files: jobs.files, threads: resources.keyListThreads)
    }

    /// Receives a file of keys, and creates a list of them. Throws `invalid_key` or `invalid_record` with the first line that
    /// has no key.
    ///
    /// - Returns: The list's number, the number of its keys, and the format that the file was read as.
    package func createKeyList(
        _ format: KeyReader.Format, receivedBy receive: FileReceiver
    ) async throws -> (number: Int64, count: Int, format: KeyReader.Format) {
        let keyLists = try keyLists()
        return try await receiving(by: receive) { path in
            try await keyLists.run { try keyLists.create(fromFile: path, format) }
        }
    }
}

/// Lists of keys, each with a number. All methods but `run` block the calling thread.
package struct KeyLists: Sendable {
    let store: any KeyListStore
    let clock: WallClock
    let files: JobFiles
    let threads: KeyListThreads

    /// Waits for a free thread for lists of keys, on which the work may block.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await threads.run(work)
    }

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

    fileprivate func create(
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
