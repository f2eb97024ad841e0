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
            "__--", "AA A", "AAAA\n",
            "AA\u{0}A", "éAA",
        ])
    func refusesOther(text: String) {
        #expect(decode(text) == nil)
    }

    private func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.withUnsafeBufferPointer { Base64.encode($0) }, as: UTF8.self)
    }

    private func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) }
    }
}
