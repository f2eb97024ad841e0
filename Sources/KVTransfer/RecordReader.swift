package import KVModel

/// Reads the records of a file, in the order of the file and in constant memory: one chunk of it, or one record if that
/// is longer.
///
/// **Concurrency.** Synchronous, and meant for a thread that may block; one caller at a time.
/// **Errors.** A record that cannot be taken is a `BadRecord`, and reading goes on. What ends the reading (a truncated or
/// damaged file, a JSON array out of joint) is thrown once all records before it have been handed out, and by every
/// call after that.
package struct RecordReader: ~Copyable, Sendable {
    /// As it was told, or else found.
    package let format: FileFormat
    /// Behind the last record that was handed out; where another reader can go on.
    package private(set) var checkpoint: Checkpoint
    private let now: Int64
    /// Of the records in a batch.
    private var usualCount = 0
    private var window: ByteWindow
    private var array = ArrayFraming()
    private var rows: RowFraming
    private let columns: CSVColumns?
    /// Before the checkpoint at which this reader was started, and still to be passed over.
    private var recordsToPass: Int
    private var ending: KVError?

    /// The longest text of one record: a value of 25 MiB with each byte written as `\u00XX`, and some room.
    package static let maximumRecordBytes = 160 * 1_024 * 1_024

    /// Opens the file and looks at its beginning. Throws `unknown_format` if that is none of the formats or not the given
    /// one (nil: any); an empty file is only NDJSON if it is said to be. Times to live count from `now`.
    ///
    /// A plain NDJSON file is resumed at once; of the others the first call of `next` passes over the records before the
    /// checkpoint.
    package init(
        path: String, format: FileFormat?, now: Int64, maximumExpandedBytes: Int,
        resumingAt resumption: Checkpoint? = nil,
        chunkBytes: Int = 512 * 1_024, maximumRecordBytes: Int = RecordReader.maximumRecordBytes
    ) throws(KVError) {
        let source = try FileSource.open(path, chunkBytes: chunkBytes, maximumExpandedBytes: maximumExpandedBytes)
        var window = ByteWindow(source, chunkBytes: chunkBytes, maximumRecordBytes: maximumRecordBytes)
        let form = try DetectedForm.detect(in: &window)
        let format = try form.format(format)
        if format == .ndjson, !window.isGzipped, let resumption, resumption.offset > 0 {
            try window.seek(to: resumption.offset, line: resumption.line)
        }
        self.init(window, format: format, columns: form.columns, now: now, resumingAt: resumption)
    }

    private init(
        _ window: consuming ByteWindow, format: FileFormat, columns: CSVColumns?, now: Int64,
        resumingAt resumption: Checkpoint?
    ) {
        checkpoint = resumption ?? .start
        recordsToPass = format == .ndjson && !window.isGzipped ? 0 : checkpoint.records
        self.window = window
        self.format = format
        self.columns = columns
        self.now = now
        rows = RowFraming(keyColumn: columns?.keyColumn)
    }

    package var isGzipped: Bool { window.isGzipped }

    /// The next records, at least one: no more than `limit`, good and bad, and no more once their values have `bytes`
    /// bytes. None at the end.
    package mutating func next(limit: Int, bytes: Int) throws(KVError) -> RecordBatch {
        if let ending { throw ending }
        var batch = RecordBatch()
        // Growing would take up to twice as much, and for a moment thrice.
        batch.records.reserveCapacity(usualCount)
        defer { usualCount = batch.records.count }
        do throws(KVError) {
            try passOver()
            while try readRecord(into: &batch), batch.count < limit, batch.valueBytes < bytes {}
        } catch {
            ending = error
            if batch.isEmpty { throw error }
        }
        return batch
    }

    /// How many records a plain NDJSON file holds, blank lines not counted; nil for every other file, which cannot be
    /// counted without being read.
    package static func quickCount(path: String, format: FileFormat?) throws(KVError) -> Int? {
        let isGzipped = try OpenFile.open(path).beginsLikeGzip
        guard !isGzipped else { return nil }
        var reader = try RecordReader(path: path, format: format, now: 0, maximumExpandedBytes: 0)
        guard reader.format == .ndjson else { return nil }
        var count = 0
        while true {
            if case .end = try reader.nextFrame() { return count }
            count += 1
        }
    }

    /// False at the end.
    private mutating func readRecord(into batch: inout RecordBatch) throws(KVError) -> Bool {
        let frame = try nextFrame()
        checkpoint.offset = window.offset
        checkpoint.line = window.line
        switch frame {
        case .end: return false
        case .tooLong(let line, let key): batch.failures.append(BadRecord(line: line, key: key, error: .tooLarge()))
        case .record(let text, let line):
            do throws(KVError) {
                let record = try parse(text, line: line)
                batch.valueBytes += record.value.count
                batch.records.append(record)
            } catch {
                let key = columns.map { $0.key(of: rows, in: text) } ?? JSONRecord.key(in: text)
                batch.failures.append(BadRecord(line: line, key: key, error: error))
            }
        }
        checkpoint.records += 1
        return true
    }

    private func parse(_ text: UnsafeBufferPointer<UInt8>, line: Int) throws(KVError) -> Record {
        if let columns { return try columns.record(from: rows, in: text, line: line, now: now) }
        return try JSONRecord.parse(text, line: line, now: now)
    }

    private mutating func nextFrame() throws(KVError) -> Frame {
        switch format {
        case .ndjson: try LineFraming.next(in: &window)
        case .json, .wrangler: try array.next(in: &window)
        case .csv: try rows.next(in: &window)
        }
    }

    private mutating func passOver() throws(KVError) {
        while recordsToPass > 0 {
            if case .end = try nextFrame() { recordsToPass = 0 } else { recordsToPass -= 1 }
        }
    }
}
