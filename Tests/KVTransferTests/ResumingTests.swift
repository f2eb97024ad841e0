import KVModel
import KVTransfer
import Testing

@Suite("Resuming")
struct ResumingTests {
    @Test("gives the same rest from every checkpoint", arguments: FileFormat.allCases, [false, true])
    func resumesReading(format: FileFormat, isGzipped: Bool) throws {
        var entries = try GeneratedEntries.notorious()
        entries.append(contentsOf: try GeneratedEntries.random(40, seed: 9))
        let bytes = try file(of: entries, format, isGzipped: isGzipped)
        let whole = try read(bytes, as: format, limit: 3)
        #expect(whole.records.count == entries.count)
        for checkpoint in [.start] + whole.checkpoints {
            let rest = try read(bytes, as: format, limit: 1_000, resumingAt: checkpoint)
            #expect(rest.records == Array(whole.records[checkpoint.records...]))
            #expect(rest.checkpoints.last == whole.checkpoints.last)
        }
    }

    @Test("counts bad records, blank lines and a byte order mark", arguments: [false, true])
    func resumesAroundBadRecords(isGzipped: Bool) throws {
        let text =
            "\u{FEFF}\r\n{\"key\":\"a\",\"value\":\"1\"}\r\n\r\nbad\r\n{}\n\n{\"key\":\"b\",\"value\":\"2\"}\n{\"key\":\"c\",\"value\":\"3\"}"
            .replacing("bad", with: "{bad}")
        let bytes = isGzipped ? try gzip(text) : Array(text.utf8)
        let whole = try read(bytes, limit: 1)
        #expect(whole.keys == ["a", "b", "c"] && whole.failureLines == [4, 5] && whole.lines == [2, 7, 8])
        for checkpoint in [.start] + whole.checkpoints {
            let rest = try read(bytes, resumingAt: checkpoint)
            #expect(rest.records.count + rest.failures.count == 5 - checkpoint.records)
            #expect(rest.records == whole.records.suffix(rest.records.count))
            #expect(rest.failures == whole.failures.suffix(rest.failures.count))
        }
    }

    @Test("continues a file that was cut back to the end of a batch", arguments: FileFormat.allCases, [false, true])
    func resumesWriting(format: FileFormat, isGzipped: Bool) throws {
        let entries = try GeneratedEntries.random(30, seed: 4)
        let whole = try file(of: entries, format, isGzipped: isGzipped, batchSize: 10)
        for before in [0, 10, 20, 30] {
            var first = RecordWriter(format: format, isGzipped: isGzipped)
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: before, by: 10) {
                bytes += try first.batch(Array(entries[start..<start + 10]))
            }
            var second = RecordWriter(format: format, isGzipped: isGzipped, recordsBefore: before)
            for start in stride(from: before, to: 30, by: 10) {
                bytes += try second.batch(Array(entries[start..<start + 10]))
            }
            bytes += try second.end()
            #expect(bytes == whole)
        }
    }
}
