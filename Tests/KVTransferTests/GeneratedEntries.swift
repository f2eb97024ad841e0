import KVModel
import TestSupport

/// Entries that formats get wrong: the notorious ones, and random ones over bytes that mean something to some format.
enum GeneratedEntries {
    static func notorious() throws -> [Entry] {
        let values: [[UInt8]] = [
            [], [0], Array(0...255), [0xFF], [0xC3, 0x28], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x61],
            [0x61, 0xEF, 0xBB, 0xBF],
            [0xED, 0xA0, 0x80], Array(0..<128),
        ]
        let texts = [
            " ", "\n", "\r", "\r\n", "\r\n\r\n", "a\rb", "a\r\nb", "\n\"\n", "\"", "\"\"", "\",\"", ",", ",,", "'",
            "\\", "\\\"", "\\u0041",
            "\t", "\u{7F}", "\u{0}", "a\u{0}b", "\u{1B}[0m", "\u{2028}\u{2029}", "é", "e\u{301}", "\u{FF21}", "😀", "👩‍👩‍👧",
            "\u{FFFD}",
            "\u{FFFF}", "\u{10FFFF}", "=1+1", "+1", "-1", "@x", "{}", "[]", "null", "[{", "]", "}",
            "{\"key\":\"x\",\"value\":\"y\"}",
            "key,value", "base64", "====", "QUJD", "مرحبا", "</script>", " leading", "trailing ", "0", "1e400",
        ]
        let names = [
            "a", "a/b c%?#é", "\n", "\r\n", "\u{0}", "\"", ",", "'", "\\", "..a", "...", "__proto__", "constructor",
            "key", "value", "é",
            "e\u{301}", "\u{FF21}", "😀", "\u{FEFF}", "\u{FEFF}a", "=cmd|' /C calc'!A0", "+a", "-a", "@a", "\t", " ",
            "مرحبا",
            String(repeating: "k", count: 512), String(repeating: "\"", count: 512), String(repeating: "é", count: 256),
            "#", "{", "[",
        ]
        let metadata = [
            "{}", "[]", "0", "-1", "1e400", "1.50", "\"x\"", "true", #"{"a":1,"a":2}"#, #"{"é":"\u00e9\ud83d\ude00"}"#,
            "{\"a\": [ 1,\t2 ]}", #"{"quote":"\"","comma":",","line":"\r\n"}"#, #"{"__proto__":null}"#, #""=1+1""#,
        ]
        let allValues = values + texts.map { Array($0.utf8) }
        var entries: [Entry] = []
        for (index, value) in allValues.enumerated() {
            let name = index < names.count ? names[index] : "name \(index)"
            entries.append(
                Entry(
                    key: try Key(name), value: value,
                    metadata: index.isMultiple(of: 3)
                        ? try Metadata(json: Array(metadata[index / 3 % metadata.count].utf8)) : nil,
                    expiration: [nil, Expiration(stored: now.seconds + 60), Expiration(stored: 1), nil][index % 4]))
        }
        return entries
    }

    static func random(_ count: Int, seed: UInt64) throws -> [Entry] {
        var random = Seeded(seed: seed)
        let telling = Array("\"\\,\r\n\t{}[]:=u0'é€😀\u{FEFF}".utf8) + [0, 0x1F, 0x7F, 0x80, 0xFF]
        let tops: [UInt32] = [0x30, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF]
        func text(upTo length: Int) -> [UInt8] {
            let scalars = (0..<Int.random(in: 0...length, using: &random)).map { _ in
                let top = tops[Int.random(in: 0..<tops.count, using: &random)]
                return UnicodeScalar(UInt32.random(in: 0...top, using: &random)) ?? "\""
            }
            return Array(String(String.UnicodeScalarView(scalars)).utf8)
        }
        return try (0..<count).map { index in
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                telling[Int.random(in: 0..<telling.count, using: &random)]
            }
            var note: [UInt8] = []
            note.appendJSONString(text(upTo: 20))
            return Entry(
                key: try Key(utf8: Array("\(index)".utf8) + text(upTo: 40)),
                value: Bool.random(using: &random) ? bytes : text(upTo: 60),
                metadata: Int.random(in: 0...3, using: &random) == 0 ? try Metadata(json: note) : nil,
                expiration: Bool.random(using: &random)
                    ? nil : Expiration(stored: Int64.random(in: 1...Expiration.latest, using: &random)))
        }
    }
}
