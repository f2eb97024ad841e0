import KVModel
import KVTransfer
import Testing

@Suite("Entries through a file")
struct RoundTripTests {
    @Test("come back identical", arguments: FileFormat.allCases, [false, true])
    func notoriousComeBack(format: FileFormat, isGzipped: Bool) throws {
        let entries = try GeneratedEntries.notorious()
        let bytes = try file(of: entries, format, isGzipped: isGzipped)
        for chunkBytes in [1, 7, 64, 4_096] {
            let reading = try read(bytes, as: format, chunkBytes: chunkBytes)
            #expect(reading.failures.isEmpty && reading.ending == nil)
            expectEqual(reading.entries, entries)
        }
    }

    @Test("come back identical when they are random", arguments: FileFormat.allCases, [false, true])
    func randomComeBack(format: FileFormat, isGzipped: Bool) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let entries = try GeneratedEntries.random(400, seed: seed)
            let bytes = try file(of: entries, format, isGzipped: isGzipped, batchSize: 64)
            let reading = try read(bytes, chunkBytes: Int(seed) * 50)
            #expect(reading.failures.isEmpty && reading.ending == nil)
            #expect(reading.format == format || reading.format == .json && format == .wrangler)
            expectEqual(reading.entries, entries)
        }
    }

    @Test("come back when there are none", arguments: FileFormat.allCases, [false, true])
    func noneComeBack(format: FileFormat, isGzipped: Bool) throws {
        let reading = try read(try file(of: [], format, isGzipped: isGzipped), as: format)
        #expect(reading.records.isEmpty && reading.failures.isEmpty && reading.ending == nil)
    }

    @Test("come back with a value of 25 MiB, and not with one byte more", arguments: FileFormat.allCases)
    func largestComesBack(format: FileFormat) throws {
        let key = try Key("large")
        let largest = Entry(key: key, value: [UInt8](repeating: 0x61, count: Entry.maximumValueBytes))
        let reading = try read(try file(of: [largest], format), as: format, chunkBytes: 1 << 20)
        #expect(reading.failures.isEmpty && reading.ending == nil)
        expectEqual(reading.entries, [largest])

        let tooLarge = Entry(key: key, value: largest.value + [0x61])
        let refusal = try read(try file(of: [tooLarge], format), as: format, chunkBytes: 1 << 20)
        #expect(refusal.records.isEmpty && refusal.failureCodes == [.valueTooLarge])
        #expect(refusal.failures.first?.key == "large")
    }

    @Test("are refused if their base64 stands for more than 25 MiB")
    func limitsBase64() throws {
        for surplus in [4, 400] {
            let text = [UInt8](repeating: 0x41, count: Base64.encodedCount(Entry.maximumValueBytes) + surplus)
            let file = Array(#"{"key":"large","valueBase64":""#.utf8) + text + Array(#""}"#.utf8)
            let refusal = try read(file, chunkBytes: 1 << 20)
            #expect(refusal.failureCodes == [.valueTooLarge] && refusal.failures.first?.key == "large")
        }
    }

    @Test(
        "carry annotations where the format has them, none told apart from none mentioned",
        arguments: FileFormat.allCases)
    func annotationsComeBack(format: FileFormat) throws {
        let metadata = try Metadata(json: Array(#"{"owner": "\u00e9", "n": 1.0}"#.utf8))
        let annotations = [
            AnnotationChange(tags: ["x", "\"y\",\n"]), AnnotationChange(),
            AnnotationChange(tags: [], color: .some(nil), customMetadata: .some(nil)),
            AnnotationChange(color: .blue, customMetadata: metadata),
        ]
        let entries = try (0..<annotations.count).map { Entry(key: try Key("\($0)"), value: []) }
        var writer = RecordWriter(format: format, isGzipped: false)
        let bytes = try writer.batch(entries, annotations: annotations) + writer.end()
        let reading = try read(bytes, as: format)
        #expect(reading.failures.isEmpty)
        let hasPlace = format == .ndjson || format == .json
        #expect(reading.records.map(\.annotation) == annotations.map { hasPlace ? $0 : AnnotationChange() })
    }

    private func expectEqual(_ found: [Entry], _ expected: [Entry]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) where found != expected {
            Issue.record(
                "\(expected.key.name.debugDescription) came back otherwise: \(found.key.name.debugDescription)")
        }
    }
}
