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
    /// After the last record that was handed out; where another reader can go on.
    package private(set) var checkpoint: Checkpoint
    private let now: Timestamp
    private let isStrict: Bool
    /// Of the records in a batch.
    private var usualCount = 0
    private var frames: FrameReader
    /// Before the checkpoint at which this reader was started, and still to be passed over.
    private var recordsToPass: Int
    private var ending: KVError?

    /// The longest text of one record: a value of 25 MiB with each byte written as `\u00XX`, and some room.
    package static let maximumRecordBytes = 160 * 1_024 * 1_024

    /// Opens the file and looks at its beginning. Throws `unknown_format` if that is none of the formats or not the given
    /// one (nil: any); an empty file is only NDJSON if it is said to be. Times to live count from `now`.
    ///
    /// Plain JSON text is resumed at once; of other files the first call of `next` passes over the records before the
    /// checkpoint.
    ///
    /// - Parameter isStrict: Members and columns that entries do not have, and text after the records, are errors; otherwise they are left
    ///   out.
    package init(
        path: String, format: FileFormat?, now: Timestamp, maximumExpandedBytes: Int, isStrict: Bool = false,
        resumingAt resumption: Checkpoint? = nil,
        chunkBytes: Int = 512 * 1_024, maximumRecordBytes: Int = RecordReader.maximumRecordBytes
    ) throws(KVError) {
        let source = try FileSource.open(path, chunkBytes: chunkBytes, maximumExpandedBytes: maximumExpandedBytes)
        var window = ByteWindow(source, chunkBytes: chunkBytes, maximumRecordBytes: maximumRecordBytes)
        let form = try DetectedForm.detect(in: &window, for: .entries(isStrict: isStrict))
        let found = try form.format(format)
        var frames = FrameReader(window, form)
        // Checkpoints of earlier versions have no place. Their NDJSON was a record a line.
        let place = resumption?.place ?? (found == .ndjson ? ValuePlace() : nil)
        let start = resumption ?? .start
        let isResumed = start.records == 0 ? true : try frames.resume(at: start, place)
        self.format = found
        self.now = now
        self.isStrict = isStrict
        self.frames = frames
        checkpoint = isResumed ? start : .start
        recordsToPass = isResumed ? 0 : start.records
    }

    package var isGzipped: Bool { frames.window.isGzipped }

    /// What was left out so far.
    package var notices: [String] { checkpoint.omissions?.notices ?? [] }

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

    /// How many records a plain file holds that has one on its first line: as many as lines that are not blank, which is
    /// exact for NDJSON. Nil for every other file, which cannot be counted without being read.
    package static func quickCount(path: String, format: FileFormat?) throws(KVError) -> Int? {
        let isGzipped = try OpenFile.open(path).beginsLikeGzip
        guard !isGzipped else { return nil }
        var reader = try RecordReader(
            path: path, format: format, now: Timestamp(milliseconds: 0), maximumExpandedBytes: 0)
        return try reader.frames.countLines()
    }

    /// False at the end.
    private mutating func readRecord(into batch: inout RecordBatch) throws(KVError) -> Bool {
        let isRecord = try readLine(into: &batch) ? true : try readFrame(into: &batch)
        if isRecord { checkpoint.records += 1 }
        checkpoint.offset = frames.window.offset
        checkpoint.line = frames.window.line
        checkpoint.place = frames.place
        return isRecord
    }

    /// The usual case, for speed: a line is one record, and has nothing that entries do not have.
    private mutating func readLine(into batch: inout RecordBatch) throws(KVError) -> Bool {
        guard let text = try frames.line(),
            let parsed = try? JSONRecord.parse(text, line: frames.window.line, now: now),
            parsed.omissions == nil
        else { return false }
        batch.add(parsed.record)
        frames.take(text.count)
        return true
    }

    /// False at the end.
    private mutating func readFrame(into batch: inout RecordBatch) throws(KVError) -> Bool {
        while true {
            switch try frames.next() {
            case .end: return false
            case .remark(let text, let line) where isStrict:
                let detail = "Text follows the records: \(quoting: text). Without strict it is left out."
                batch.failures.append(BadRecord(line: line, key: nil, error: KVError(.invalidRecord, detail)))
                return true
            case .remark(let text, _): checkpoint.omissions.orNone.addRemark(text)
            case .bad(let bad):
                batch.failures.append(bad)
                return true
            case .record(let text, let line):
                do throws(KVError) {
                    batch.add(try accept(try parse(text, line: line)))
                } catch {
                    let key = frames.columns.map { $0.key(of: frames.rows, in: text) } ?? JSONRecord.key(in: text)
                    batch.failures.append(BadRecord(line: line, key: key, error: error))
                }
                return true
            case .member(let text, let line):
                do throws(KVError) {
                    if let parsed = try JSONRecord.parse(member: text, line: line, now: now) {
                        batch.add(try accept(parsed))
                        return true
                    }
                    checkpoint.omissions.orNone.addNullValue()
                } catch {
                    batch.failures.append(BadRecord(line: line, key: JSONRecord.name(ofMember: text), error: error))
                    return true
                }
            }
        }
    }

    private func parse(_ text: UnsafeBufferPointer<UInt8>, line: Int) throws(KVError) -> JSONRecord.Parsed {
        if let columns = frames.columns { return try columns.record(from: frames.rows, in: text, line: line, now: now) }
        return try JSONRecord.parse(text, line: line, now: now)
    }

    private mutating func accept(_ parsed: JSONRecord.Parsed) throws(KVError) -> Record {
        if let omissions = parsed.omissions, let name = omissions.member {
            guard !isStrict else {
                throw KVError(.invalidRecord, "An entry has no member \(quoting: name); without strict it is ignored.")
            }
            checkpoint.omissions.orNone.addMembers(of: omissions)
        }
        return parsed.record
    }

    private mutating func passOver() throws(KVError) {
        var passed = RecordBatch()
        while recordsToPass > 0 {
            recordsToPass = try readRecord(into: &passed) ? recordsToPass - 1 : 0
            passed = RecordBatch()
        }
    }
}
