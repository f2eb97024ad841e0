import KVModel
import TestSupport
import Testing

@Suite("Writing JSON text")
struct JSONTextTests {
    @Test(
        "escapes what JSON demands, and nothing else",
        arguments: [
            ("", #""""#), ("plain text", #""plain text""#), ("\"\\/", #""\"\\/""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}", #""\u0000\u001f""#), ("\u{7F}\u{2028}\u{FEFF}é😀", "\"\u{7F}\u{2028}\u{FEFF}é😀\""),
            ("12345678\n12345678\n", #""12345678\n12345678\n""#),
        ])
    func escapes(text: String, expected: String) {
        var bytes: [UInt8] = []
        bytes.appendJSONString(text.utf8)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("gives back through the scanner whatever text it was given")
    func comesBack() throws {
        let tops: [UInt32] = [0x30, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF]
        var random = Seeded(seed: 2)
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                UnicodeScalar(
                    UInt32.random(in: 0...tops[Int.random(in: 0..<tops.count, using: &random)], using: &random)) ?? " "
            }
            let text = Array(String(String.UnicodeScalarView(scalars)).utf8)
            var json: [UInt8] = []
            json.appendJSONString(text)
            let read = try json.withUnsafeBufferPointer { bytes in
                var scanner = JSONScanner(bytes)
                return try scanner.string()
            }
            #expect(read == text)
        }
    }
}
