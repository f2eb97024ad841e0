import Foundation
import KVModel
import KVTransfer
import TestSupport
import Testing

/// Files as other tools write them, and as people's programs change them.
@Suite("Files of other tools")
struct OtherToolsTests {
    @Test(
        "wrangler kv bulk get: values by their keys, and a line after them",
        arguments: [
            "{\n  \"values\": {\n    \"a\": \"1\",\n    \"b\": \"2\"\n  }\n}\n\nSuccess!\n",
            "{\n  \"a\": {\n    \"value\": \"1\"\n  },\n  \"b\": {\n    \"value\": \"2\"\n  }\n}\nSuccess!",
            #"{"values":{"a":{"value":"1","metadata":null},"b":"2","gone":null,"lost":{"value":null,"metadata":null}}}"#,
            #"{"success":true,"errors":[],"messages":[],"result":{"values":{"a":"1","b":"2"}},"result_info":{"count":2}}"#,
            #"{"values":{"a":"1"},"success":true}{"values":{"b":"2"}}"#,
        ])
    func readsBulkGet(text: String) throws {
        for chunkBytes in [1, 7, 4_096] {
            let reading = try read(text, chunkBytes: chunkBytes)
            #expect(reading.keys == ["a", "b"] && reading.values == ["1", "2"])
            #expect(reading.failures.isEmpty && reading.ending == nil)
            let expected = text.contains("Success!") ? ["\"Success!\""] : text.contains("gone") ? ["2 keys"] : []
            #expect(reading.notices.count == expected.count)
            for (notice, part) in zip(reading.notices, expected) { #expect(notice.contains(part)) }
        }
    }

    @Test("keeps the metadata of values by their keys, and reports what is no value")
    func readsBulkGetWithMetadata() throws {
        let reading = try read(
            #"{"values":{"a":{"value":"1","metadata":{"x":1},"expiration":4102444800},"b":5,"c":{"x":1},"d/é":"4","":"5"}}"#
        )
        #expect(reading.keys == ["a", "d/é"])
        #expect(reading.records[0].metadata?.json == Array(#"{"x":1}"#.utf8))
        #expect(reading.records[0].expiration == 4_102_444_800)
        #expect(reading.failures.map(\.key) == ["b", "c", ""])
        #expect(reading.failureCodes == [.invalidValue, .invalidRecord, .invalidKey])
    }

    @Test(
        "takes an object that could be read in two ways for neither",
        arguments: [#"{"values":{"value":"x"}}"#, #"{"a":"1","b":"2"}"#, #"{"values":{"a":"1"},"key":"k"}"#, "{}"])
    func refusesToGuess(text: String) throws {
        let reading = try read(text)
        #expect(reading.records.isEmpty && reading.failureCodes == [.invalidRecord])
    }

    @Test("the exports of another key manager, whose members have names of their own")
    func readsSnakeCase() throws {
        let large = String(repeating: "x", count: 1_100)
        let reading = try read(
            """
            [{"name":"u:1","value":"v","metadata":{},"custom_metadata":{"owner":"a"},"tags":["t"],"expiration":4102444800},
             {"name":"u:2","value":"w","metadata":{"m":"\(large)"},"custom_metadata":null,"expiration_ttl":60},
             {"key":"u:3","value":"w","expirationTtl":60}]
            """)
        #expect(reading.keys == ["u:1", "u:3"] && reading.failures.map(\.key) == ["u:2"])
        #expect(reading.failureCodes == [.metadataTooLarge] && reading.notices.isEmpty)
        #expect(reading.records[0].annotation.customMetadata??.json == Array(#"{"owner":"a"}"#.utf8))
        #expect(reading.records[0].metadata?.json == Array("{}".utf8))
        #expect(reading.records[1].expiration == expiration(in: 60))
    }

    @Test(
        "whole numbers in any spelling",
        arguments: ["4102444800", "4102444800.0", "4.1024448e9", "41024448E+2", "4102444800.000e0"])
    func readsWholeNumbers(number: String) throws {
        #expect(
            try read("{\"key\":\"a\",\"value\":\"\",\"expiration\":\(number)}").records.map(\.expiration) == [
                4_102_444_800
            ])
        #expect(try read("key,value,expiration\na,,\(number)\n").records.map(\.expiration) == [4_102_444_800])
    }

    @Test("durations and times as people write them")
    func readsTimes() throws {
        let times = ["2100-01-01T00:00:00Z", "2100-01-01T01:00:00+01:00", "2100-01-01 00:00 UTC", "4102444800"]
        for time in times {
            let text = "{\"key\":\"a\",\"value\":\"\",\"expiration\":\"\(time)\"}"
            #expect(try read(text).records.map(\.expiration) == [4_102_444_800])
            #expect(try read("key,value,expiration\na,,\(time)\n").records.map(\.expiration) == [4_102_444_800])
        }
        #expect(try read(#"{"key":"a","value":"","ttl":"1h"}"#).records.map(\.expiration) == [expiration(in: 3_600)])
        #expect(try read("key,value,ttl\na,,30d\n").records.map(\.expiration) == [expiration(in: 2_592_000)])
        #expect(try read("key,value,ttl\na,,30 d a\n").failureCodes == [.invalidExpiration])
        #expect(try read(#"{"key":"a","value":"","expiration":"2100-01-01"}"#).failureCodes == [.invalidExpiration])
    }

    @Test("names unknown members and columns once, with how often they were ignored")
    func notesUnknownMembers() throws {
        let members = try read(
            """
            {"key":"a","value":"1","owner":"me","__proto__":{"key":"x"}}
            {"owner":null,"key":"b","value":"2"}
            {"key":"c","owner":1}
            """)
        #expect(members.keys == ["a", "b"] && members.failureLines == [3])
        #expect(
            members.notices == [
                "Members that entries do not have were ignored: \"__proto__\" (1 times), \"owner\" (2 times)."
            ])
        let columns = try read("Key,VALUE,size, Comment \na,1,5,\nb,2,6,x\n")
        #expect(columns.keys == ["a", "b"])
        #expect(
            columns.notices == [
                "Members that entries do not have were ignored: \"Comment\" (1 times), \"size\" (2 times)."
            ])
        let many = (1...30).map { "{\"key\":\"\($0)\",\"value\":\"\",\"m\($0)\":0}\n" }.joined()
        #expect(try read(many).notices.first?.contains("others (10 times)") == true)
    }

    @Test("refuses unknown members and columns if that is asked for")
    func refusesUnknownMembers() throws {
        let text = "{\"key\":\"a\",\"value\":\"1\",\"owner\":1}\n{\"key\":\"b\",\"value\":\"2\"}\n"
        let reading = try read(Array(text.utf8), isStrict: true)
        #expect(reading.keys == ["b"] && reading.failures.map(\.key) == ["a"] && reading.notices.isEmpty)
        #expect(reading.failures.first?.error.detail.contains("\"owner\"") == true)
        let error = #expect(throws: KVError.self) { try read(Array("key,value,size\n".utf8), isStrict: true) }
        #expect(error?.detail.contains("\"size\"") == true)
    }

    @Test(
        "refuses text after the records if that is asked for, each line by its number",
        arguments: [
            ("[{\"key\":\"a\",\"value\":\"1\"}]\nSuccess!", [2]),
            ("{\"values\":{\"a\":\"1\"}}\n\nSuccess!\n", [3]),
            ("[{\"key\":\"a\",\"value\":\"1\"}\n]\r\nDone\r\n2 keys\r\n", [3, 4]),
            ("[{\"key\":\"a\",\"value\":\"1\"}]\n", []),
        ])
    func refusesText(text: String, lines: [Int]) throws {
        for chunkBytes in [1, 7, 4_096] {
            let reading = try read(Array(text.utf8), chunkBytes: chunkBytes, isStrict: true)
            #expect(reading.keys == ["a"] && reading.failures.map(\.line) == lines && reading.notices.isEmpty)
            #expect(reading.failures.allSatisfy { $0.error.code == .invalidRecord })
            #expect(try read(text, chunkBytes: chunkBytes).failures.isEmpty)
        }
    }

    @Test("keeps what was left out across a resumption")
    func resumesNotices() throws {
        let text =
            "{\"key\":\"a\",\"value\":\"1\",\"x\":1}\n[{\"key\":\"b\",\"value\":\"2\",\"x\":1},{\"key\":\"c\",\"value\":\"3\",\"y\":1}]\nbye\n"
        let whole = try read(Array(text.utf8), limit: 1)
        #expect(whole.keys == ["a", "b", "c"] && whole.notices.count == 2)
        for checkpoint in whole.checkpoints {
            let stored = try JSONDecoder().decode(Checkpoint.self, from: try JSONEncoder().encode(checkpoint))
            let rest = try read(Array(text.utf8), resumingAt: stored)
            #expect(rest.records == Array(whole.records.dropFirst(checkpoint.records)))
            #expect(rest.checkpoints.last == whole.checkpoints.last)
        }
    }

    @Test("resumes by the number of records where an earlier version has kept no more")
    func resumesOldCheckpoints() throws {
        for text in [
            "[{\"key\":\"a\",\"value\":\"1\"},\n{\"key\":\"b\",\"value\":\"2\"}]",
            "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n",
        ] {
            let offset = text.hasPrefix("[") ? 24 : 24
            let rest = try read(Array(text.utf8), resumingAt: Checkpoint(offset: offset, line: 2, records: 1))
            #expect(rest.keys == ["b"])
        }
    }

    @Test(
        "a spreadsheet's files: separators, upper case, what it says of itself, empty columns",
        arguments: [
            "Key;Value;Metadata\r\na;1;\r\n\"b;c\";\"2,5\";\r\n", "sep=;\r\nkey;value\r\na;1\r\nb;c;2,5\r\n",
            "key\tvalue\ta,b\r\na\t1\t\r\nb;c\t2,5\t\r\n", "\"sep=\t\"\nvalue\tkey\n1\ta\n2,5\tb;c\n",
            "KEY;VALUE\ra;1\r\"b;c\";2,5\r",
        ])
    func readsSpreadsheets(text: String) throws {
        guard !text.hasPrefix("sep=;") else {
            let reading = try read(text)
            #expect(reading.keys == ["a"] && reading.failureLines == [4])
            return
        }
        for bytes in [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), utf16(text), utf16(text, isBigEndian: true),
        ] {
            let reading = try read(bytes, chunkBytes: 3)
            #expect(reading.keys == ["a", "b;c"] && reading.values == ["1", "2,5"] && reading.failures.isEmpty)
            #expect(reading.format == .csv && reading.ending == nil)
        }
    }

    @Test(
        "one bad value does not take those after it along",
        arguments: [
            (#"{"key":"x","value":"1""#, ["x"]), (#"{"key":"x","value":"1"#, ["x"]),
            (#"{"key":"x","value":"1","#, ["x"]),
            (#"{"key":"x","metadata":["#, ["x"]), (#"{"key":"x","metadata":{"a":{"#, ["x"]), (#"{"key":"x""#, ["x"]),
            (#"{"key":"x","value":tru}"#, ["x"]), (#"{"key":"x"]"#, ["x"]), ("nonsense", [nil]), ("}", [nil]),
            ("{'key':'x'}", [nil]), ("{\n \"key\": \"x\",\n \"value\": oops\n}", ["x"]), ("Warning: {", [nil]),
            ("  {\"key\":\"x\"", ["x"]), ("{\"key\":\"x\",\n\"metadata\":\n  {\"key\":", ["x"]),
        ] as [(String, [String?])])
    func goesOnAfterFaults(bad: String, keys: [String?]) throws {
        for separator in ["\n", "\r\n"] {
            let good = ["before", "after", "last"].map { "{\"key\":\"\($0)\",\"value\":\"\"}" }
            let text = [good[0], bad, good[1], good[2]].joined(separator: separator)
            for chunkBytes in [1, 4_096] {
                let reading = try read(text, chunkBytes: chunkBytes)
                #expect(reading.keys == ["before", "after", "last"] && reading.ending == nil)
                #expect(reading.failures.map(\.key) == keys && reading.failureLines == [2])
            }
        }
    }

    @Test("two records on one line are two, also where another follows that is bad")
    func readsLinesOfSeveral() throws {
        let reading = try read(
            "{\"key\":\"a\",\"value\":\"1\"}{\"key\":\"b\",\"value\":\"2\"} {\"key\":\"c\"} ,{\"key\":\"d\",\"value\":\"4\"}x\n{\"key\":\"e\",\"value\":\"5\"}"
        )
        #expect(reading.keys == ["a", "b", "d", "e"] && reading.lines == [1, 1, 1, 2])
        #expect(reading.failureLines == [1, 1])
    }
}

func utf16(_ text: String, isBigEndian: Bool = false, hasMark: Bool = true) -> [UInt8] {
    ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
        isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
}
