import KVTransfer
import TestSupport
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func knownAnswers(text: String, encoded: String) {
        #expect(encode(Array(text.utf8)) == encoded)
        #expect(decode(encoded) == Array(text.utf8))
    }

    @Test("gives back any bytes")
    func comesBack() {
        var random = Seeded(seed: 3)
        for length in 0...200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(decode(encode(bytes)) == bytes)
        }
        #expect(decode("++//") == [0xFB, 0xEF, 0xFF])
    }

    @Test(
        "refuses what no encoder writes",
        arguments: [
            "A", "AA", "AAA", "AAAAA", "=", "====", "A===", "AA=A", "=AAA", "AA==AAAA", "AAA=AAA=", "AB==", "AAB=",
            "__--", "AA A",
            "AA\u{0}A", "éAA",
        ])
    func refusesOther(text: String) {
        #expect(decode(text) == nil)
    }

    @Test(
        "passes over line ends and blanks, wherever encoders break lines",
        arguments: [
            "Zm9v\nYmFy", "Zm9v\r\nYmFy\r\n", "Zm9v\n  YmFy", "Z\nm\n9\nv\tYmFy ", "\r\nZm9vYmFy", "Zm9vYmFy\n",
        ])
    func wrapped(text: String) {
        #expect(decode(text) == Array("foobar".utf8))
    }

    @Test("of blanks alone is nothing, and padding may stand on a line of its own")
    func blanks() {
        #expect(decode("\n \t\r\n") == [])
        #expect(decode("Zg=\n=\n") == Array("f".utf8))
        #expect(decode("AAAA\u{B}AAAA") == nil && decode("AAAA\u{A0}AAAA") == nil)
    }

    @Test("has room for its longest text", arguments: [0, 1, 47, 48, 49, 1_000])
    func longest(count: Int) {
        let text = encode([UInt8](repeating: 7, count: count))
        let lines = stride(from: 0, to: text.count, by: 64).map { text.dropFirst($0).prefix(64) + "\r\n" }
        #expect(lines.reduce(0) { $0 + $1.utf8.count } <= Base64.longestText(for: count))
        #expect(decode(lines.joined())?.count == count)
    }

    private func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.withUnsafeBufferPointer { Base64.encode($0) }, as: UTF8.self)
    }

    private func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) }
    }
}
