import KVModel
import Testing

@Suite("Metadata")
struct MetadataTests {
    @Test(
        "keeps the bytes it was given",
        arguments: [
            "{}", "[]", "0", "1.50", "1e400", "-0.0", "true", #""text""#, #"{"b":1,"a":2,"b":3}"#, #"{"é":"\u00e9"}"#,
            #"{ "a" : [ 1 ,2 ] }"#, #"{"__proto__":{"x":1}}"#, "{\"a\":\t1}",
        ])
    func keepsBytes(json: String) throws {
        let metadata = try #require(try Metadata(json: Array(json.utf8)))
        #expect(metadata.json == Array(json.utf8))
    }

    @Test("is absent for null", arguments: ["null", " null", "null\n", "\t null "])
    func takesNullForNone(json: String) throws {
        #expect(try Metadata(json: Array(json.utf8)) == nil)
    }

    @Test("has no white space around it", arguments: [" 1", "1\n", "\t1 \r\n"])
    func isTrimmed(json: String) throws {
        #expect(try Metadata(json: Array(json.utf8))?.json == [UInt8(ascii: "1")])
    }

    @Test("is one line, however it was written")
    func isOneLine() throws {
        let metadata = try #require(try Metadata(json: Array("{\r\n\"a\": \"b\\n\",\n\"c\":1}".utf8)))
        #expect(metadata.json == Array("{  \"a\": \"b\\n\", \"c\":1}".utf8))
    }

    @Test("is JSON", arguments: ["", " ", "{", "{a:1}", "nul", "1 2", "\"\\ud800\"", "{'a':1}", "\"\n\""])
    func refusesOther(json: String) {
        let error = #expect(throws: KVError.self) { try Metadata(json: Array(json.utf8)) }
        #expect(error?.code == .invalidMetadata)
    }

    @Test("is refused if it is not UTF-8")
    func refusesBytes() {
        let error = #expect(throws: KVError.self) { try Metadata(json: [0x22, 0xFF, 0x22]) }
        #expect(error?.code == .invalidMetadata)
    }

    @Test("has at most 1,024 bytes")
    func limitsSize() throws {
        let fitting = Array("\"\(String(repeating: "a", count: 1_022))\"".utf8)
        #expect(try Metadata(json: fitting)?.json == fitting)
        #expect(try Metadata(json: [0x20] + fitting + [0x0A])?.json == fitting)
        let longer = Array("\"\(String(repeating: "a", count: 1_023))\"".utf8)
        let error = #expect(throws: KVError.self) { try Metadata(json: longer) }
        #expect(error?.code == .metadataTooLarge)
    }
}
