import KVModel
import KVTransfer
import Testing

@Suite("Telling formats apart")
struct FormatDetectionTests {
    static let samples: [(String, FileFormat)] = [
        (#"{"key":"a","value":"1"}"#, .ndjson), ("\n \t\r\n{", .ndjson), ("\u{FEFF}{}", .ndjson),
        ("{ not JSON", .ndjson),
        ("[]", .json), (" [ \n ] ", .json), ("[", .json), (#"[{"key":"a","value":"1"}]"#, .json),
        ("\u{FEFF} [\n\n{", .json),
        (#"[{"key":"base64","value":"expiration_ttl"}]"#, .json),
        (#"[{"key":"a","value":"1","metadata":{"base64":true}}]"#, .json),
        (#"[{"key":"a"},{"base64":true}]"#, .json), (#"[{"key":"a","value":"1","base64":false}]"#, .wrangler),
        (#"[{"expiration_ttl":60,"key":"a","value":"1"}]"#, .wrangler), (#"[{"key":"a","base64":true,"#, .wrangler),
        ("key,value", .csv), ("value,key\n", .csv), ("Key;VALUE;other\n", .csv), ("key\tvalue\r", .csv),
        ("sep=|\r\nkey|value\r\n", .csv), ("\"name\",\"value\"\r\n", .csv),
        ("\u{FEFF}key,value,encoding\n", .csv),
        ("\n\nmetadata,key,ttl,value\n", .csv),
    ]

    @Test("goes by the content", arguments: samples, [1, 64])
    func detects(sample: (String, FileFormat), chunkBytes: Int) throws {
        #expect(try read(sample.0, chunkBytes: chunkBytes).format == sample.1)
    }

    @Test("looks into gzip", arguments: samples)
    func detectsGzipped(text: String, format: FileFormat) throws {
        try withFile(try gzip(text)) { path in
            let reader = try RecordReader(path: path, format: nil, now: now, maximumExpandedBytes: .max)
            let (found, isGzipped) = (reader.format, reader.isGzipped)
            #expect(found == format && isGzipped)
        }
    }

    @Test(
        "refuses what is none of them, and says what was expected",
        arguments: [
            "hello", "key|value\na|b", "value,metadata\n", "[1,2]", "[[]]", "[null]", "5",
            "\"key,value\n",
            "<xml/>", "---\nkey: a\n", "\u{0}", "PK\u{3}\u{4}", "# {\"key\":1}", "key,value\"\n",
            String(repeating: "a", count: 70_000),
        ])
    func refuses(text: String) throws {
        let error = #expect(throws: KVError.self) { try read(text, chunkBytes: 512) }
        #expect(error?.code == .unknownFormat)
        #expect(error?.detail.contains("Expected JSON objects with key and value") == true)
        for format in FileFormat.allCases {
            let error = #expect(throws: KVError.self) { try read(text, as: format, chunkBytes: 512) }
            #expect(error?.code == .unknownFormat)
        }
    }

    @Test(
        "refuses keys without values, in whatever form",
        arguments: ["[\"a\"]", " [ \"a\"", "\"key\"", "key\nvalue\n", "Name;Size\r\na;1\r\n"])
    func refusesKeysAlone(text: String) throws {
        for format in [nil, .ndjson, .json, .csv, .wrangler] as [FileFormat?] {
            let error = #expect(throws: KVError.self) { try read(text, as: format, chunkBytes: 512) }
            #expect(error?.code == .noValues && error?.detail.contains("--keys-from") == true)
        }
    }

    @Test("refuses an empty file, unless it is said to be NDJSON", arguments: ["", " ", "\n\r\n", "\u{FEFF}"])
    func refusesEmpty(text: String) throws {
        for format in [nil, .json, .csv, .wrangler] as [FileFormat?] {
            let error = #expect(throws: KVError.self) { try read(text, as: format) }
            #expect(error?.code == .unknownFormat && error?.detail == "The file is empty.")
        }
        let reading = try read(text, as: .ndjson)
        #expect(reading.records.isEmpty && reading.failures.isEmpty && reading.ending == nil)
    }

    @Test(
        "refuses a file that does not begin like the format it is said to have", arguments: samples, FileFormat.allCases
    )
    func checksFormat(sample: (String, FileFormat), expected: FileFormat) throws {
        if (expected == .csv) == (sample.1 == .csv) {
            #expect(try read(sample.0, as: expected).format == expected)
        } else {
            let error = #expect(throws: KVError.self) { try read(sample.0, as: expected) }
            #expect(error?.code == .unknownFormat)
        }
    }

    @Test(
        "takes an empty array and a header alone for files without records",
        arguments: ["[]", "[ ]\n", "key,value", "key,value\r\n\r\n"])
    func readsNone(text: String) throws {
        let reading = try read(text)
        #expect(reading.records.isEmpty && reading.failures.isEmpty && reading.ending == nil)
    }

    @Test("says if there is no such file")
    func reportsMissingFile() {
        do throws(KVError) {
            _ = try RecordReader(path: "/tmp/no/such/file", format: nil, now: now, maximumExpandedBytes: .max)
            Issue.record("no error")
        } catch {
            #expect(error.code == .internalError && error.cause != nil)
        }
    }
}
