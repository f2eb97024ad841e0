import KVJobs
import KVModel
import KVTransfer

/// An uploaded file of keys. Blocks.
struct KeyListFile {
    private static let recordsAtOnce = 10_000
    private static let bytesAtOnce = 16 << 20
    private static let lineEnd = [UInt8(ascii: "\n")]

    let path: String
    /// Nil: a key a line.
    let format: FileFormat?

    /// A new list in the ledger. Throws `invalid_key` or `invalid_record` with the first line that holds no key, and makes
    /// nothing then.
    func read(into jobs: Jobs) throws -> (number: Int64, count: Int) {
        let number = try jobs.newSelection()
        do {
            var writer = KeyListWriter(number, of: jobs)
            if let format { try readEntries(format, into: &writer) } else { try readLines(into: &writer) }
            try writer.flush()
            let count = try jobs.keyCount(ofSelection: number)
            guard count > 0 else { throw KVError(.invalidRequest, "The file names no key.") }
            return (number, count)
        } catch {
            // Should this fail too, the next start drops what belongs to no job.
            try? jobs.dropSelection(number)
            throw error
        }
    }

    private func readLines(into writer: inout KeyListWriter) throws {
        let file = try MappedFile(path: path)
        try file.read { bytes in
            var passage = MappedFile.Passage(file)
            var start = bytes.starts(with: ByteOrderMark.utf8) ? ByteOrderMark.utf8.count : 0
            var line = 1
            while start < bytes.count {
                let end = try endOfLine(line, in: bytes, from: start)
                let content = bytes[start..<end]
                let key = content.last == UInt8(ascii: "\r") ? content.dropLast() : content
                if !key.isEmpty { try writer.add(self.key(Array(key), line: line)) }
                start = end + 1
                line += 1
                passage.passed(start)
            }
        }
    }

    /// Looks no further than a key and a carriage return may reach.
    private func endOfLine(_ line: Int, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(KVError) -> Int {
        let reach = min(bytes.count, start + Key.maximumBytes + 2)
        if let end = UnsafeBufferPointer(rebasing: bytes[..<reach]).firstOccurrence(of: Self.lineEnd, from: start) {
            return end
        }
        guard reach == bytes.count else { throw Self.wrong(line, Key.tooLong) }
        return reach
    }

    private func key(_ bytes: [UInt8], line: Int) throws(KVError) -> Key {
        do throws(KVError) {
            return try Key(utf8: bytes)
        } catch {
            throw Self.wrong(line, error)
        }
    }

    private static func wrong(_ line: Int, _ error: KVError) -> KVError {
        KVError(error.code, "Line \(line): \(error.detail)")
    }

    private func readEntries(_ format: FileFormat, into writer: inout KeyListWriter) throws {
        var reader = try RecordReader(path: path, format: format, now: 0, maximumExpandedBytes: .max)
        while true {
            let batch = try reader.next(limit: Self.recordsAtOnce, bytes: Self.bytesAtOnce)
            guard !batch.isEmpty else { return }
            if let bad = batch.failures.first {
                throw KVError(.invalidRecord, "Line \(bad.line): \(bad.error.detail)")
            }
            for record in batch.records { try writer.add(record.key) }
        }
    }
}
