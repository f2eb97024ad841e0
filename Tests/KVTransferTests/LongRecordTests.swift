import KVModel
import KVTransfer
import Testing

@Suite("A record that is longer than may be held")
struct LongRecordTests {
    private let long = String(repeating: "x,{}\n[]", count: 100)

    @Test("is passed over, with its line and key", arguments: [1, 7, 64])
    func isPassedOver(chunkBytes: Int) throws {
        let json = long.replacing("\n", with: "\\n")
        let files: [(FileFormat, String)] = [
            (
                .ndjson,
                "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"long\",\"value\":\"\(json)\"}\n{\"key\":\"b\",\"value\":\"2\"}\n"
            ),
            (
                .json,
                "[{\"key\":\"a\",\"value\":\"1\"},\n{\"key\":\"long\",\"value\":\"\(json)\"},\n{\"key\":\"b\",\"value\":\"2\"}]\n"
            ),
            (.csv, "key,value\na,1\nlong,\"\(long)\"\nb,2\n"),
        ]
        for (format, text) in files {
            let reading = try read(Array(text.utf8), as: format, chunkBytes: chunkBytes, maximumRecordBytes: 100)
            #expect(reading.keys == ["a", "b"] && reading.ending == nil)
            #expect(reading.failures.map(\.key) == ["long"] && reading.failureCodes == [.valueTooLarge])
            #expect(reading.failureLines == [format == .csv ? 3 : 2])
            #expect(reading.lines.last == (format == .csv ? 104 : 3))
        }
    }

    @Test("ends the reading if it is not ended itself")
    func isTruncated() throws {
        for (format, text) in [(FileFormat.json, "[{\"key\":\"a\",\"value\":\""), (.csv, "key,value\na,\"")] {
            let reading = try read(Array((text + long).utf8), as: format, maximumRecordBytes: 100)
            #expect(reading.records.isEmpty && reading.failures.isEmpty && reading.ending?.code == .truncatedFile)
        }
    }

    @Test("may be the last line")
    func isLastLine() throws {
        for (format, text) in [
            (FileFormat.ndjson, "{\"key\":\"a\",\"value\":\"\(long.replacing("\n", with: ""))"),
            (.csv, "key,value\na,\"\(long)\""),
        ] {
            let reading = try read(Array(text.utf8), as: format, maximumRecordBytes: 100)
            #expect(reading.failures.map(\.key) == ["a"] && reading.ending == nil)
        }
    }

    @Test("is resumed behind", arguments: FileFormat.allCases, [false, true])
    func isResumedBehind(format: FileFormat, isGzipped: Bool) throws {
        let entries = try ["a", "b", "c"].map { Entry(key: try Key($0), value: Array(($0 == "b" ? long : $0).utf8)) }
        let bytes = try file(of: entries, format, isGzipped: isGzipped, batchSize: 1)
        let whole = try read(bytes, as: format, limit: 1, maximumRecordBytes: 100)
        #expect(whole.keys == ["a", "c"] && whole.failures.map(\.key) == ["b"])
        let rest = try read(bytes, as: format, resumingAt: whole.checkpoints[1], maximumRecordBytes: 100)
        #expect(rest.keys == ["c"] && rest.failures.isEmpty)
    }
}
