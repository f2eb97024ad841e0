import KVModel
import Testing

@Suite("The JSON scanner")
struct JSONScannerTests {
    @Test(
        "accepts every JSON value",
        arguments: [
            "null", "true", "false", "0", "-0", "10", "-1.5", "1e5", "1E+5", "2.25e-10",
            "123456789012345678901234567890",
            #""""#, #""a""#, #""\"\\\/\b\f\n\r\t\u0000\uFFFF""#, #""\ud83d\ude00""#, "\"\u{7F}\u{2028}é😀\"",
            "[]", "[ ]", "[1,2 , 3]", "{}", #"{"a":1}"#, #"{"a":{"b":[null,{"c":""}]},"a":2}"#, " \t\r\n[1]\n ",
            "\"\u{FEFF}\"",
        ])
    func acceptsJSON(text: String) throws {
        try JSONScanner.validate(Array(text.utf8))
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", " ", "nul", "nulls", "True", "tru", "undefined", "NaN", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+",
            "0x10", "1_000", "'a'", #""a"#, #"""#, #""\"#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\u+123""#, "\"a\nb\"",
            "\"\u{0}\"", "\"\u{1F}\"", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", "{}}", #"{"a"}"#,
            #"{"a":}"#,
            #"{"a":1,}"#, "{,}", "{a:1}", "{1:1}", #"{"a" 1}"#, #"{"a":1 "b":2}"#, "[1}", "1 2", "[]x", "// c\n1",
            "\u{FEFF}1", "[1]\u{0}", "\u{A0}1", "\u{B}1",
        ])
    func refusesOther(text: String) {
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(Array(text.utf8)) }
    }

    @Test(
        "refuses half of a surrogate pair",
        arguments: [
            #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\ud83d""#, #""\ude00\ud83d""#,
            #""\ud83d\u0041""#, #""\uDFFF""#, #""\ud83d\""#,
        ])
    func refusesLoneSurrogates(text: String) {
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(Array(text.utf8)) }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        ] as [[UInt8]])
    func refusesBytes(bytes: [UInt8]) {
        for filling in [0, 3, 7, 8, 20] {
            let text = [0x22] + [UInt8](repeating: 0x61, count: filling) + bytes + [0x22]
            #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(text) }
        }
    }

    @Test("nests 256 deep and no deeper")
    func limitsDepth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        try JSONScanner.validate(nested(256))
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(nested(257)) }
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(nested(1_000_000)) }
        let objects = String(repeating: #"{"a":"#, count: 257) + "1" + String(repeating: "}", count: 257)
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.validate(Array(objects.utf8)) }
    }

    @Test(
        "resolves escapes",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/""#, "\"\\/"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00\uD83D\uDE00""#, "😀😀"), (#""a\u0000b""#, "a\u{0}b"),
            (#""e\u0301é""#, "e\u{301}é"), (#""12345678\n12345678""#, "12345678\n12345678"),
            (#""\u005cu0041""#, #"\u0041"#),
        ])
    func resolvesEscapes(text: String, expected: String) throws {
        #expect(try string(text) == Array(expected.utf8))
        #expect(try string("  \n" + text) == Array(expected.utf8))
    }

    @Test("says where a text goes wrong")
    func tellsOffset() {
        let failure = #expect(throws: JSONScanner.Failure.self) {
            try JSONScanner.validate(Array(#"{"a":"b\qc"}"#.utf8))
        }
        #expect(failure?.offset == 7)
        #expect(failure?.description == "an unknown escape at byte 7")
    }

    @Test(
        "reads whole numbers of 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-42", -42), ("9223372036854775807", .max),
            ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", 1), ("1e3", 1000), ("", nil),
            ("-", nil),
            ("\"1\"", nil), ("null", nil), ("007", 0),
        ] as [(String, Int64?)])
    func readsIntegers(text: String, expected: Int64?) {
        let found = Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try? scanner.integer()
        }
        #expect(found == expected)
    }

    @Test("walks objects and arrays, handing out values as they were written")
    func walks() throws {
        var members: [String] = []
        try Array(#" { "a" : [1, 2.50] , "b\u0021": {"x": null}, "" : true } "#.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.object { name, scanner in
                let range = try scanner.skipValue()
                members.append("\(name)=\(String(decoding: scanner.bytes[range], as: UTF8.self))")
            }
            try scanner.end()
        }
        #expect(members == ["a=[1, 2.50]", #"b!={"x": null}"#, "=true"])
    }

    private func string(_ text: String) throws -> [UInt8] {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            let string = try scanner.string()
            try scanner.end()
            return string
        }
    }
}
