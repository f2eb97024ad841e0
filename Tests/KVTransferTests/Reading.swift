import KVModel
import KVTransfer

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// All that came of reading a file.
struct Reading {
    var format: FileFormat?
    var records: [Record] = []
    var failures: [BadRecord] = []
    /// After each call of `next`.
    var checkpoints: [Checkpoint] = []
    /// What was left out.
    var notices: [String] = []
    /// What ended the reading too early.
    var ending: KVError?

    var keys: [String] { records.map(\.key.name) }
    var values: [String] { records.map { String(decoding: $0.value, as: UTF8.self) } }
    var lines: [Int] { records.map(\.line) }
    var failureLines: [Int] { failures.map(\.line) }
    var failureCodes: [KVError.Code] { failures.map(\.error.code) }
    var entries: [Entry] { records.map(\.entry) }
}

extension Record {
    var entry: Entry {
        Entry(key: key, value: value, metadata: metadata, expiration: expiration)
    }
}

let now = Timestamp(milliseconds: 1_800_000_000_000)

func expiration(in seconds: Int64) -> Expiration { Expiration(stored: now.seconds + seconds) }

/// Reads the bytes as a file, to the end or to what ends the reading; throws only if the file is refused at once.
func read(
    _ bytes: [UInt8], as format: FileFormat? = nil, limit: Int = 1_000, bytes byteLimit: Int = .max,
    expandingTo maximumExpandedBytes: Int = .max, resumingAt resumption: Checkpoint? = nil, chunkBytes: Int = 64,
    maximumRecordBytes: Int = RecordReader.maximumRecordBytes, isStrict: Bool = false
) throws -> Reading {
    try withFile(bytes) { path in
        var reader = try RecordReader(
            path: path, format: format, now: now, maximumExpandedBytes: maximumExpandedBytes, isStrict: isStrict,
            resumingAt: resumption, chunkBytes: chunkBytes, maximumRecordBytes: maximumRecordBytes)
        var reading = Reading(format: reader.format)
        do {
            while true {
                let batch = try reader.next(limit: limit, bytes: byteLimit)
                reading.records += batch.records
                reading.failures += batch.failures
                reading.checkpoints.append(reader.checkpoint)
                reading.notices = reader.notices
                if batch.isEmpty { return reading }
            }
        } catch let error as KVError {
            reading.ending = error
            return reading
        }
    }
}

func read(_ text: String, as format: FileFormat? = nil, chunkBytes: Int = 64) throws -> Reading {
    try read(Array(text.utf8), as: format, chunkBytes: chunkBytes)
}

/// Calls `body` with the path of a file that holds the bytes, and is gone afterwards.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/kv-transfer-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw KVError(.internalError, "no temporary file") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    var written = 0
    while written < bytes.count {
        written += bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
    close(descriptor)
    return try body(path)
}

/// The bytes of a file of the entries, in batches.
func file(
    of entries: [Entry], _ format: FileFormat, isGzipped: Bool = false, batchSize: Int = 7
) throws -> [UInt8] {
    var writer = RecordWriter(format: format, isGzipped: isGzipped)
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: entries.count, by: batchSize) {
        bytes += try writer.batch(Array(entries[start..<min(start + batchSize, entries.count)]))
    }
    return bytes + (try writer.end())
}

func gzip(_ text: String) throws -> [UInt8] {
    try gzip(Array(text.utf8))
}
