import KVModel
import KVTransfer
import NIOPosix
import Synchronization

/// The entries of an uploaded file, in the order of the file. A record that cannot be read is a failure with its line.
final class FileEntries: BatchSource {
    private let path: String
    private let format: FileFormat?
    private let reader: Mutex<RecordReader>
    private let now: Int64
    private let limit: Int
    private let bytes: Int

    /// - Parameter now: seconds; what had expired by then is skipped.
    init(path: String, format: FileFormat?, now: Int64, maximumBytes: Int, limit: Int, bytes: Int) throws {
        self.path = path
        self.format = format
        self.now = now
        self.limit = limit
        self.bytes = bytes
        reader = Mutex(
            try RecordReader(path: path, format: format, now: now, maximumExpandedBytes: maximumBytes))
    }

    /// Throws `unknown_format` and the like when the file cannot be read as what it should be.
    static func check(_ path: String, format: FileFormat?, now: Int64, maximumBytes: Int) async throws {
        try await NIOThreadPool.singleton.runIfActive {
            _ = try RecordReader(path: path, format: format, now: now, maximumExpandedBytes: maximumBytes)
        }
    }

    func total() async throws -> Int? {
        try await NIOThreadPool.singleton.runIfActive { [path, format] in
            try RecordReader.quickCount(path: path, format: format)
        }
    }

    func next(after position: SourcePosition) async throws -> Batch<Entry> {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            try reader.withLock { reader in
                let read = try reader.next(limit: limit, bytes: bytes)
                return batch(of: read, position: read.isEmpty ? nil : .file(reader.checkpoint))
            }
        }
    }

    private func batch(of read: RecordBatch, position: SourcePosition?) -> Batch<Entry> {
        var batch = Batch<Entry>(position: position)
        batch.failures = read.failures.map { JobFailure(key: $0.key, line: $0.line, error: $0.error) }
        batch.items.reserveCapacity(read.records.count)
        for record in read.records {
            if record.tags?.isEmpty == false, batch.notices.isEmpty {
                batch.notices.append("Tags are not kept yet: from line \(record.line) on, entries came without theirs.")
            }
            let expiration = record.expiration.map { Expiration(stored: $0) }
            if let expiration, expiration.isPast(at: now) {
                batch.skipped += 1
            } else {
                batch.items.append(
                    Entry(key: record.key, value: record.value, metadata: record.metadata, expiration: expiration))
            }
        }
        return batch
    }
}
