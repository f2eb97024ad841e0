import KVModel
import KVTransfer
import Testing

@Suite("Writing records")
struct RecordWriterTests {
    @Test(
        "writes files that people can read",
        arguments: [
            (
                .ndjson,
                """
                {"key":"a","value":"1 \\"é\\"","metadata":{"x": 1},"expiration":1900000000}
                {"key":"b,c","valueBase64":"AP8="}

                """
            ),
            (
                .json,
                """
                [
                {"key":"a","value":"1 \\"é\\"","metadata":{"x": 1},"expiration":1900000000},
                {"key":"b,c","valueBase64":"AP8="}
                ]

                """
            ),
            (
                .wrangler,
                """
                [
                {"key":"a","value":"1 \\"é\\"","metadata":{"x": 1},"expiration":1900000000},
                {"key":"b,c","value":"AP8=","base64":true}
                ]

                """
            ),
            (
                .csv,
                "key,value,encoding,metadata,expiration\r\na,\"1 \"\"é\"\"\",text,\"{\"\"x\"\": 1}\",1900000000\r\n\"b,c\",AP8=,base64,,\r\n"
            ),
        ] as [(FileFormat, String)])
    func writesFiles(format: FileFormat, expected: String) throws {
        let entries = [
            Entry(
                key: try Key("a"), value: Array("1 \"é\"".utf8), metadata: try Metadata(json: Array(#"{"x": 1}"#.utf8)),
                expiration: Expiration(stored: 1_900_000_000)),
            Entry(key: try Key("b,c"), value: [0, 255]),
        ]
        #expect(String(decoding: try file(of: entries, format, batchSize: 1), as: UTF8.self) == expected)
        #expect(String(decoding: try file(of: entries, format, batchSize: 2), as: UTF8.self) == expected)
    }

    @Test(
        "writes a file without entries",
        arguments: [
            (.ndjson, ""), (.json, "[]\n"), (.wrangler, "[]\n"), (.csv, "key,value,encoding,metadata,expiration\r\n"),
        ] as [(FileFormat, String)])
    func writesEmptyFiles(format: FileFormat, expected: String) throws {
        #expect(String(decoding: try file(of: [], format), as: UTF8.self) == expected)
        let gzipped = try file(of: [], format, isGzipped: true)
        #expect(Array(gzipped.prefix(2)) == [0x1F, 0x8B])
    }

    @Test("writes nothing for an empty batch", arguments: FileFormat.allCases, [false, true])
    func skipsEmptyBatches(format: FileFormat, isGzipped: Bool) throws {
        var writer = RecordWriter(format: format, isGzipped: isGzipped)
        #expect(try writer.batch([]).isEmpty)
        #expect(writer.count == 0)
    }

    @Test(
        "puts text that readers of CSV damage in base64",
        arguments: ["\u{0}", "a\u{0}", "a\rb", "a\r", "\r\n\r", "\n\r"])
    func protectsText(value: String) throws {
        let text = String(
            decoding: try file(of: [Entry(key: try Key("k"), value: Array(value.utf8))], .csv), as: UTF8.self)
        #expect(text.contains(",base64,"))
    }

    @Test(
        "gives what a spreadsheet would take for a formula an apostrophe, if asked to",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=\"a\""])
    func neutralisesFormulas(text: String) throws {
        let entry = Entry(key: try Key(text), value: Array(text.utf8))
        var plain = RecordWriter(format: .csv, isGzipped: false)
        var neutral = RecordWriter(format: .csv, isGzipped: false, neutralisesFormulas: true)
        #expect(try read(plain.batch([entry])).entries == [entry])
        let changed = try read(neutral.batch([entry]))
        #expect(changed.keys == ["'" + text] && changed.values == ["'" + text])
    }

    @Test(
        "neutralizes formulas behind what is not seen, in full width, and where another separator would begin a cell",
        arguments: [
            ("\u{FEFF}=1", "'\u{FEFF}=1"), ("\u{200B}\u{A0}+1", "'\u{200B}\u{A0}+1"), ("＝1", "'＝1"), ("＋1", "'＋1"),
            ("－1", "'－1"), ("＠a", "'＠a"), ("\u{3000}＝1", "'\u{3000}＝1"), ("\n1", "'\n1"), ("\"=1", "'\"=1"),
            ("a;=1", "a;'=1"), ("a;\"=1", "a;'\"=1"), ("a;  @b;c;-d", "a;'  @b;c;'-d"), ("a\t=1", "a\t'=1"),
            ("a\n=1", "a\n'=1"), ("a;b=1", "a;b=1"), ("a-b", "a-b"), ("1;2", "1;2"), ("", ""),
        ])
    func neutralisesHiddenFormulas(text: String, neutral: String) throws {
        var bytes: [UInt8] = []
        bytes.appendCSV(Array(text.utf8), neutralisingFormulas: true)
        let field = String(decoding: bytes, as: UTF8.self)
        let content = field.hasPrefix("\"") ? String(field.dropFirst().dropLast()).replacing("\"\"", with: "\"") : field
        #expect(Array(content.utf8) == Array(neutral.utf8))
        #expect((neutral == text) || field.hasPrefix("\""))
    }

    @Test("neutralizes a long field of separators in one pass")
    func neutralisesInOnePass() {
        var bytes: [UInt8] = []
        bytes.appendCSV(
            [UInt8](repeating: UInt8(ascii: ";"), count: 300_000) + [UInt8(ascii: "=")], neutralisingFormulas: true)
        #expect(bytes.suffix(3) == Array("'=\"".utf8))
    }

    @Test("has a name and a type for every format")
    func namesFormats() {
        #expect(FileFormat.allCases.map(\.fileExtension) == ["ndjson", "json", "csv", "wrangler.json"])
        #expect(FileFormat.ndjson.contentType == "application/x-ndjson")
    }
}
