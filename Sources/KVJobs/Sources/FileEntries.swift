import CGlibc
import KVFiles
import KVLedger
import KVModel
import KVTransfer
import Synchronization

/// The entries of an uploaded file, in the order of the file. A record that cannot be read is a failure with its line.
final class FileEntries: BatchSource {
    private let path: String
    private let format: FileFormat?
    private let reader: Mutex<RecordReader>
    private let now: Timestamp
    private let limit: Int
    private let bytes: Int
    private let retry: Retry?

    let isRepeatable = true

    /// What is taken of a file that is read again: the keys of a selection, and the lines that another job could not read.
    struct Retry {
        let selection: Int64
        let job: JobID
        let ledger: any JobStore & KeyListStore
    }

    /// - Parameters:
    ///   - now: Entries that had expired by then are skipped.
    ///   - start: where the job goes on.
    init(
        path: String, format: FileFormat?, isStrict: Bool, now: Timestamp, maximumBytes: Int, limit: Int, bytes: Int,
        start: SourcePosition, retry: Retry?
    ) throws {
        self.path = path
        self.format = format
        self.now = now
        self.limit = limit
        self.bytes = bytes
        self.retry = retry
        var checkpoint: Checkpoint?
        if case .file(let reached) = start { checkpoint = reached }
        reader = Mutex(
            try RecordReader(
                path: path, format: format, now: now, maximumExpandedBytes: maximumBytes, isStrict: isStrict,
                resumingAt: checkpoint))
    }

    /// Throws `unknown_format`, `no_values` and the like when the file cannot be read as what it should be.
    static func check(
        _ path: String, format: FileFormat?, isStrict: Bool, now: Timestamp, maximumBytes: Int
    ) async throws {
        try await Blocking.run {
            let reader = try RecordReader(
                path: path, format: format, now: now, maximumExpandedBytes: maximumBytes, isStrict: isStrict)
            try reader.checkBeginning()
        }
    }

    func total() async throws -> Int? {
        if let retry { return try await retry.ledger.failureCount(of: retry.job) }
        return try await Blocking.run { [path, format] in
            try RecordReader.quickCount(path: path, format: format)
        }
    }

    func next(after position: SourcePosition) async throws -> Batch<AnnotatedEntry> {
        var batch = try await Blocking.run { [self] in
            // The batch before the one at work has just been let go, and this one may be made in another arena.
            release_free_memory()
            return try reader.withLock { reader in
                let read = try reader.next(limit: limit, bytes: bytes)
                var batch = self.batch(of: read, position: read.isEmpty ? nil : .file(reader.checkpoint))
                if read.isEmpty { batch.notices = reader.notices }
                return batch
            }
        }
        if let retry { try await retry.limit(&batch) }
        return batch
    }

    func again(_ keys: [Key]) async throws -> Batch<AnnotatedEntry> { Batch() }

    private func batch(of read: RecordBatch, position: SourcePosition?) -> Batch<AnnotatedEntry> {
        var batch = Batch<AnnotatedEntry>(position: position)
        batch.failures = read.failures.map { JobFailure(key: $0.key, line: $0.line, error: $0.error) }
        batch.items.reserveCapacity(read.records.count)
        for record in read.records {
            if let expiration = record.expiration, expiration.isPast(at: now) {
                batch.skipped += 1
                continue
            }
            let entry = Entry(
                key: record.key, value: record.value, metadata: record.metadata, expiration: record.expiration)
            do throws(KVError) {
                var annotation = record.annotation
                if let tags = annotation.tags { annotation.tags = try Tags.checked(tags) }
                batch.items.append(AnnotatedEntry(entry: entry, annotation: annotation))
            } catch {
                batch.failures.append(JobFailure(key: record.key.name, line: record.line, error: error))
            }
        }
        return batch
    }
}

extension FileEntries.Retry {
    fileprivate func limit(_ batch: inout Batch<AnnotatedEntry>) async throws {
        let keys = try await ledger.keys(batch.items.map(\.key), inKeyList: selection)
        batch.items.removeAll { !keys.contains($0.key) }
        let lines = try await ledger.failedLines(of: job, among: batch.failures.compactMap(\.line))
        batch.failures.removeAll { failure in failure.line.map { !lines.contains($0) } ?? true }
        batch.skipped = 0
    }
}
