import KVModel
import KVTransfer
import Testing

@Suite("Reading key lists")
struct KeyReaderTests {
    @Test(
        "takes the keys of text, of JSON strings and objects, and of entries, without being told what the file is",
        arguments: [
            ("key1\nkey2\n", nil), ("\u{FEFF}key1\r\n\r\nkey2", nil), ("key1\rkey2\r", nil),
            ("[\"key1\",\"key2\"]", .json), ("[\n  \"key1\",\n  \"k\\u0065y2\"\n]\n", .json),
            (#"[{"name":"key1"},{"name":"key2","expiration":4102444800,"metadata":{}}]"#, .json),
            (
                "[\n  {\n    \"name\": \"key1\"\n  },\n  {\n    \"name\": \"key2\",\n    \"metadata\": {\n      \"name\": \"x\"\n    }\n  }\n]\n",
                .json
            ),
            (#"{"key":"key1","value":"1"}{"name":"key2"}"#, .ndjson),
            (#"{"values":{"key1":"1","key2":null}}"#, .ndjson),
            (#"{"keys":[{"name":"key1"},{"name":"key2"}],"list_complete":true}"#, .ndjson),
            ("key,value\nkey1,1\nkey2,2\n", .csv), ("Value;Key\r\n1;key1\r\n;key2\r\n", .csv),
        ] as [(String, FileFormat?)])
    func reads(text: String, format: FileFormat?) throws {
        let gzipped = try gzip(text)
        for bytes in [Array(text.utf8), utf16(text, hasMark: !text.hasPrefix("\u{FEFF}")), gzipped] {
            let found = try keys(bytes)
            #expect(found.keys == ["key1", "key2"] && found.format == format)
        }
    }

    @Test(
        "takes text for text: keys that look like JSON or CSV to nobody, and all if it is said to be text",
        arguments: [
            ("[a]\n{b}\n", .auto, ["[a]", "{b}"]), (" a \n\tb\n", .auto, [" a ", "\tb"]),
            ("key\nvalue\n", .auto, ["key", "value"]),
            ("key;x\n", .auto, ["key;x"]), ("a\u{0}b\n", .auto, ["a\u{0}b"]), ("\u{0}a\n", .text, ["\u{0}a"]),
            ("<a>\n", .auto, ["<a>"]), ("[\"a\"]\n", .text, ["[\"a\"]"]),
            ("{\"name\":\"a\"}\n", .text, ["{\"name\":\"a\"}"]), ("key,value\n", .text, ["key,value"]),
            ("key\na\n", .csv, ["a"]), ("\n\n", .auto, []), ("", .text, []),
        ] as [(String, KeyReader.Format, [String])])
    func readsText(text: String, format: KeyReader.Format, expected: [String]) throws {
        #expect(try keys(Array(text.utf8), as: format).keys == expected)
    }

    @Test(
        "names the line of what is no key",
        arguments: [
            ("a\n..\n", .invalidKey), ("[\"a\",\n\"\"]", .invalidKey), ("[\"a\",\n5]", .invalidRecord),
            ("[{\"name\":\"a\"},\n{\"value\":\"a\"}]", .invalidRecord), ("{\"key\":\"a\"}\n{\"key\":", .invalidRecord),
            ("a\n" + String(repeating: "x", count: 513), .invalidKey), ("[\"a\",\n\"b", .truncatedFile),
            ("{\"key\":\"a\"}\n{\"key\":\"b\",\"name\":\"c\"}", .invalidRecord),
            ("[\"a\"]\nb\n", .invalidRecord), ("{\"values\":{\"a\":\"1\",\n\"..\":\"2\"}}", .invalidKey),
        ] as [(String, KVError.Code)])
    func reportsBad(text: String, code: KVError.Code) throws {
        for chunkBytes in [1, 4_096] {
            let error = #expect(throws: KVError.self) { try keys(Array(text.utf8), chunkBytes: chunkBytes) }
            #expect(error?.code == code && error?.detail.lowercased().contains("line 2") == true)
        }
    }

    private func keys(
        _ bytes: [UInt8], as format: KeyReader.Format = .auto, chunkBytes: Int = 7
    ) throws -> (keys: [String], format: FileFormat?) {
        try withFile(bytes) { path in
            var reader = try KeyReader(
                path: path, format: format, maximumExpandedBytes: 1 << 20, chunkBytes: chunkBytes)
            var keys: [String] = []
            while let key = try reader.next() { keys.append(key.name) }
            return (keys, reader.format)
        }
    }
}
