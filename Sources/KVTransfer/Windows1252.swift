package import KVModel

/// Windows-1252: the encoding in which spreadsheets of Western Europe and America write CSV unless told otherwise.
package enum Windows1252 {
    /// The characters of the bytes from 0x80 to 0x9F. Those from 0xA0 on are their own.
    private static let characters: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
    private static let otherBeginnings: [[UInt8]] = [[0x1F, 0x8B], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]

    /// Throws `unknown_format` if a text begins as no text in this encoding does.
    package static func check(beginning text: [UInt8]) throws(KVError) {
        guard !otherBeginnings.contains(where: { text.starts(with: $0) }) else {
            throw KVError(
                .unknownFormat,
                "The file is gzip, UTF-8 or UTF-16, not windows-1252. Leave out the encoding, or unpack the file first."
            )
        }
    }

    /// Recodes text as UTF-8. Each byte stands for one character.
    package static func utf8(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 >= 0x80 }) else { return text }
        var recoded: [UInt8] = []
        recoded.reserveCapacity(text.count + text.count / 4)
        for byte in text {
            let character = (0x80...0x9F).contains(byte) ? characters[Int(byte) - 0x80] : UInt16(byte)
            switch character {
            case ..<0x80: recoded.append(byte)
            case ..<0x800: recoded += [0xC0 | UInt8(character >> 6), 0x80 | UInt8(character & 0x3F)]
            default:
                recoded += [
                    0xE0 | UInt8(character >> 12), 0x80 | UInt8(character >> 6 & 0x3F), 0x80 | UInt8(character & 0x3F),
                ]
            }
        }
        return recoded
    }
}
