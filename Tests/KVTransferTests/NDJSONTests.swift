import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("Reading NDJSON")
struct NDJSONTests {
    @Test("takes key or name, value or valueBase64, metadata, expiration, ttl and tags")
    func readsMembers() throws {
        let reading = try read(
            """
            {"key":"a","value":"1"}
            {"name":"b","valueBase64":"AP8=","metadata":{"x": [1 , 2]},"expiration":1900000000}
            { "tags" : ["t"] , "ttl" : 60 , "value" : "" , "key" : "c" }
            {"key":"d","value":"4","metadata":null,"expiration":null,"ttl":null,"tags":null,"base64":null}
            {"key":"e","value":"QUI=","base64":true,"expiration_ttl":120}
            {"key":"f","value":"QUI=","base64":false,"size":4,"etag":"\\"x\\""}
            {"k\\u0065y":"g","value":"\\u0041"}
            {"key":"h","value":"v","expiration":5}
            """)
        #expect(reading.failures.isEmpty && reading.ending == nil && reading.format == .ndjson)
        #expect(reading.keys == ["a", "b", "c", "d", "e", "f", "g", "h"])
        #expect(reading.lines == Array(1...8))
        let records = reading.records
        #expect(records[1].value == [0, 255] && records[1].expiration == 1_900_000_000)
        #expect(records[1].metadata?.json == Array("{\"x\": [1 , 2]}".utf8))
        #expect(
            records[2].annotation.tags == ["t"] && records[2].expiration == expiration(in: 60) && records[2].value == []
        )
        #expect(records[3].metadata == nil && records[3].expiration == nil && records[3].annotation.isEmpty)
        #expect(records[4].value == Array("AB".utf8) && records[4].expiration == expiration(in: 120))
        #expect(records[5].value == Array("QUI=".utf8))
        #expect(records[6].value == [0x41])
        #expect(records[7].expiration == 5)
    }

    @Test("lets the ttl count where an expiration stands beside it")
    func prefersTTL() throws {
        let reading = try read(#"{"key":"a","value":"","expiration":1900000000,"ttl":60}"#)
        #expect(reading.records.first?.expiration == expiration(in: 60))
    }

    @Test("tolerates CRLF, blank lines, no last line's end and a byte order mark", arguments: [1, 3, 64])
    func toleratesForms(chunkBytes: Int) throws {
        let reading = try read(
            "\u{FEFF}\r\n\n  \t\r\n{\"key\":\"a\",\"value\":\"\u{FEFF}1\"}\r\n\r\n{\"key\":\"b\",\"value\":\"2\"}  \r\n\n{\"key\":\"c\",\"value\":\"3\"}",
            chunkBytes: chunkBytes)
        #expect(reading.failures.isEmpty)
        #expect(reading.lines == [4, 6, 8])
        #expect(reading.values.map { Array($0.utf8) } == ["\u{FEFF}1", "2", "3"].map { Array($0.utf8) })
    }

    @Test("takes the byte order mark off the start alone")
    func keepsOtherMarks() throws {
        let reading = try read("{\"key\":\"a\",\"value\":\"\"}\n\u{FEFF}{\"key\":\"b\",\"value\":\"\"}\n")
        #expect(reading.keys == ["a"] && reading.failureLines == [2])
    }

    @Test(
        "goes on after a bad record, and says what is bad",
        arguments: [
            (#"{"key":"k","value":"v"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v",}"#, .invalidRecord, "k"),
            (#"[1, 2]"#, .invalidRecord, nil), ("[not, {JSON}]", .invalidRecord, nil), (#""key""#, .invalidRecord, nil),
            ("{}", .invalidRecord, nil),
            ("nonsense", .invalidRecord, nil), (#"{"key":"k"}"#, .invalidRecord, "k"),
            (#"{"value":"v"}"#, .invalidRecord, nil),
            (#"{"Key":"k","value":"v"}"#, .invalidRecord, nil),
            (#"{"key":"k","value":"v","value":"v"}"#, .invalidRecord, "k"),
            (#"{"key":"k","name":"k","value":"v"}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","ttl":60,"expiration_ttl":60}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","valueBase64":"dg=="}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":1}"#, .invalidValue, "k"), (#"{"key":"k","value":null}"#, .invalidValue, "k"),
            (#"{"value":{"a":1},"key":"k"}"#, .invalidValue, "k"),
            (#"{"key":"k","valueBase64":5}"#, .invalidValue, "k"),
            (#"{"key":"k","valueBase64":"A"}"#, .invalidValue, "k"),
            (#"{"key":"k","valueBase64":"AB=A"}"#, .invalidValue, "k"),
            (#"{"key":"k","value":"!!!!","base64":true}"#, .invalidValue, "k"),
            (#"{"key":"k","value":"","base64":1}"#, .invalidRecord, "k"),
            (#"{"key":"","value":"v"}"#, .invalidKey, ""), (#"{"key":".","value":"v"}"#, .invalidKey, "."),
            (#"{"key":"..","value":"v"}"#, .invalidKey, ".."), (#"{"key":5,"value":"v"}"#, .invalidKey, nil),
            (#"{"key":null,"value":"v"}"#, .invalidKey, nil), (#"{"key":"\ud800","value":"v"}"#, .invalidRecord, nil),
            (#"{"key":"k","value":"\ud800"}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"\q"}"#, .invalidRecord, "k"),
            ("{\"key\":\"k\",\"value\":\"a\tb\"}", .invalidRecord, "k"),
            (#"{"key":"k","value":"v","metadata":{a:1}}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","metadata":}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","expiration":"soon"}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","expiration":1.5e0}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","expiration":253402300800}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","ttl":59}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","expiration_ttl":-1}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","ttl":60.5}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","ttl":true}"#, .invalidExpiration, "k"),
            (#"{"key":"k","value":"v","tags":"t"}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","tags":["t",1]}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","tags":{"t":1}}"#, .invalidRecord, "k"),
            (#"{"key":"k","value":"v","color":"pink"}"#, .invalidColor, "k"),
            (#"{"key":"k","value":"v","color":7}"#, .invalidColor, "k"),
            (#"{"key":"k","value":"v","customMetadata":{"a":}}"#, .invalidRecord, "k"),
        ] as [(String, KVError.Code, String?)])
    func reportsBadRecords(line: String, code: KVError.Code, key: String?) throws {
        let reading = try read("{\"key\":\"before\",\"value\":\"\"}\n\n\(line)\n{\"key\":\"after\",\"value\":\"\"}\n")
        #expect(reading.keys == ["before", "after"] && reading.lines == [1, 4])
        #expect(reading.failureLines == [3] && reading.failureCodes == [code])
        #expect(reading.failures.first?.key == key)
        #expect(reading.ending == nil)
    }

    @Test("refuses metadata over 1,024 bytes and keys over 512")
    func limitsSizes() throws {
        let long = String(repeating: "x", count: 1_023)
        let name = String(repeating: "é", count: 257)
        let reading = try read(
            #"{"key":"k","value":"","metadata":"\#(long)"}"# + "\n" + #"{"key":"\#(name)","value":""}"#)
        #expect(reading.failureCodes == [.metadataTooLarge, .invalidKey])
        #expect(reading.failures.last?.key == String(repeating: "é", count: 256) + "…")
    }

    @Test("refuses bytes that are not UTF-8")
    func refusesBytes() throws {
        let reading = try read(
            Array("{\"key\":\"a\",\"value\":\"".utf8) + [0xFF] + Array("\"}\n{\"key\":\"b\",\"value\":\"\"}".utf8))
        #expect(reading.keys == ["b"] && reading.failureLines == [1] && reading.failures.first?.key == "a")
    }

    @Test("gives no more records at once than asked for, nor many more bytes")
    func limitsBatches() throws {
        let lines = (0..<10).map { "{\"key\":\"\($0)\",\"value\":\"12345\"}\n" }.joined()
        try withFile(Array(lines.utf8)) { path in
            var reader = try RecordReader(path: path, format: nil, now: now, maximumExpandedBytes: .max)
            let three = try reader.next(limit: 3, bytes: .max)
            let two = try reader.next(limit: 100, bytes: 6)
            let one = try reader.next(limit: 100, bytes: 0)
            let rest = try reader.next(limit: 100, bytes: .max)
            let none = try reader.next(limit: 100, bytes: .max)
            #expect([three.count, two.count, one.count, rest.count, none.count] == [3, 2, 1, 4, 0])
            #expect(two.valueBytes == 10)
        }
    }

    @Test("counts the records of a plain file without reading them")
    func countsQuickly() throws {
        let text = "\u{FEFF}\n{\"key\":\"a\",\"value\":\"\"}\r\n \r\n{bad\n\n{\"key\":\"b\",\"value\":\"\"}"
        #expect(try quickCount(Array(text.utf8)) == 3)
        #expect(try quickCount(try gzip(text)) == nil)
        #expect(try quickCount(Array(#"[{"key":"a","value":""}]"#.utf8)) == nil)
        #expect(try quickCount(Array("{\n\"key\":\"a\",\"value\":\"\"}".utf8)) == nil)
        #expect(try quickCount([], as: .ndjson) == 0)
    }

    private func quickCount(_ bytes: [UInt8], as format: FileFormat? = nil) throws -> Int? {
        try withFile(bytes) { path in try RecordReader.quickCount(path: path, format: format) }
    }
}
