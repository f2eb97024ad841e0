import KVModel
import Testing

@Suite("Texts with a limit")
struct LimitedTextTests {
    private func scanning<Result>(_ text: String, _ body: (inout JSONScanner) throws -> Result) throws -> Result {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try body(&scanner)
        }
    }

    @Test(
        "are read up to the limit in bytes, however they are written",
        arguments: [
            ("\"abcdef\"", 6), (#""\u0061bcdef""#, 6), (#""\u0061\u0061\u0061\u0061""#, 4), (#""\ud83d\ude00""#, 4),
            ("\"😀\"", 4), ("\"\"", 0), (#""\n\"\\""#, 3),
        ])
    func readsUpToTheLimit(text: String, bytes: Int) throws {
        for rest in ["", ", \"and more\"", String(repeating: "x", count: 1_000)] {
            let read = try scanning(text + rest) { try $0.text(atMost: bytes) }
            #expect(read.utf8.count == bytes)
            guard bytes > 0 else { continue }
            #expect(throws: JSONScanner.Failure.self) {
                try scanning(text + rest) { try $0.text(atMost: bytes - 1) }
            }
        }
    }

    @Test(
        "are refused without being read to their end",
        arguments: ["a", #"\u0061"#, #"\ud83d\ude00"#, "é", #"\n"#])
    func readsNoFurther(unit: String) throws {
        let text = "\"" + String(repeating: unit, count: 10_000)
        // Nothing ends it: whoever reads on finds that out.
        let failure = #expect(throws: JSONScanner.Failure.self) { try scanning(text) { try $0.text(atMost: 100) } }
        #expect(failure?.reason == "a string of more than 100 bytes" && failure?.offset == 0)
        #expect(throws: KVError(.invalidKey, Key.tooLong.detail)) { try scanning(text) { try $0.key() } }
    }

    @Test("say what is wrong with them where that is nearer than the limit")
    func tellsOtherFaults() throws {
        for (text, reason) in [
            ("\"ab", "the text ends within a string"), ("\"a\u{1}", "a control character in a string"),
        ] {
            let failure = #expect(throws: JSONScanner.Failure.self) { try scanning(text) { try $0.text(atMost: 100) } }
            #expect(failure?.reason == reason)
        }
    }

    @Test("take no more than 50 tags of 64 bytes")
    func limitsTags() throws {
        func list(_ count: Int, _ bytes: Int) -> String {
            "["
                + (0..<count).map { "\"\($0 + 100)\(String(repeating: "t", count: bytes - 3))\"" }.joined(
                    separator: ",") + "]"
        }
        #expect(try scanning(list(50, 64)) { try $0.tags() }.count == 50)
        for text in [list(51, 5), list(1, 65)] {
            let error = #expect(throws: KVError.self) { try scanning(text) { try $0.tags() } }
            #expect(error?.code == .invalidTags)
        }
    }

    @Test(
        "stand in errors with 100 characters at most",
        arguments: [
            ("a", "\"a\""), (String(repeating: "é", count: 100), "\"" + String(repeating: "é", count: 100) + "\""),
            (String(repeating: "é", count: 101), "\"" + String(repeating: "é", count: 100) + "…\""), ("", "\"\""),
            ("a" + String(repeating: "\u{301}", count: 1_000), "\"a" + String(repeating: "\u{301}", count: 99) + "…\""),
        ])
    func cutsQuotations(text: String, quoted: String) {
        #expect(Array("\(quoting: text)".utf8) == Array(quoted.utf8))
    }

    @Test(
        "that stand for a whole number are one in any notation",
        arguments: [
            ("10", 10), ("10.0", 10), ("1e1", 10), ("1E+1", 10), ("1.0e1", 10), ("100e-1", 10), ("1000.00e-2", 10),
            ("-60.0", -60), ("0", 0), ("-0.0", 0), ("0e99999999999999999999", 0), ("0.000e-5", 0), ("007", 7),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("92233720368547758070e-1", .max),
            ("9.223372036854775807e18", .max), ("0.00000000000000000001e20", 1),
        ] as [(String, Int64)])
    func readsWholeNumbers(text: String, number: Int64) {
        #expect(JSONScanner.integer(Array(text.utf8)) == number)
    }

    @Test(
        "that stand for no whole number are none",
        arguments: [
            "", "-", "+1", "10.5", "1e-1", "105e-1", "9223372036854775808", "1e19", "1e99999999999999999999", "1.",
            ".5",
            "1e", "1e+", "1e1.0", "0x10", " 1", "1 ", "1_000", "NaN", "١", "0.1e0", "1e-9999999999999999999999",
        ])
    func refusesOtherNumbers(text: String) {
        #expect(JSONScanner.integer(Array(text.utf8)) == nil)
    }
}
