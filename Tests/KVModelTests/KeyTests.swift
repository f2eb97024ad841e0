import KVModel
import Testing

@Suite("A key")
struct KeyTests {
    @Test(
        "may be any text of 1 to 512 bytes",
        arguments: [
            "a", " ", "a/b c%?#é", "\n", "\u{0}", "😀", "..a", "...", ". ", "__proto__", "list", "مرحبا", "\u{FEFF}",
            String(repeating: "x", count: 512), String(repeating: "é", count: 256),
        ])
    func acceptsText(name: String) throws {
        let key = try Key(name)
        #expect(key.bytes == Array(name.utf8))
        #expect(Array(key.name.utf8) == Array(name.utf8))
    }

    @Test(
        "is not empty, not . or .., not over 512 bytes, and is UTF-8",
        arguments: [
            [], [0x2E], [0x2E, 0x2E], [UInt8](repeating: 0x61, count: 513), [0xFF], [0xC3], [0xED, 0xA0, 0x80],
            [0x61, 0xC0, 0x80],
        ] as [[UInt8]])
    func refusesOthers(bytes: [UInt8]) {
        let error = #expect(throws: KVError.self) { try Key(utf8: bytes) }
        #expect(error?.code == .invalidKey)
    }

    @Test("differs from one that is canonically equivalent")
    func comparesBytes() throws {
        #expect(try Key("\u{E9}") != Key("e\u{301}"))
        #expect(try Set([Key("\u{E9}"), Key("e\u{301}")]).count == 2)
    }

    @Test("sorts by its bytes")
    func sortsByBytes() throws {
        let names = ["A", "B", "a", "aa", "b", "e\u{301}", "f", "\u{E9}", "\u{4E2D}", "\u{FF21}", "😀"]
        let keys = try names.map { try Key($0) }
        #expect(keys.shuffled().sorted() == keys)
        #expect(try Key("\u{FF21}") < Key("😀"))
        #expect(try !(Key("a") < Key("a")))
    }

    @Test(
        "prefix ends before the next byte string",
        arguments: [
            ([0x61], [0x62]), ([0x61, 0xFF], [0x62]), ([0x61, 0x62], [0x61, 0x63]), ([0x00], [0x01]),
            ([0xFE, 0xFF, 0xFF], [0xFF]), ([0xFF], nil), ([0xFF, 0xFF], nil), ([], nil),
        ] as [([UInt8], [UInt8]?)])
    func boundsPrefix(prefix: [UInt8], bound: [UInt8]?) {
        #expect(prefix.prefixUpperBound == bound)
    }
}
