/// Percent-encoding as RFC 3986 has it, over bytes.
package enum PercentCoding {
    /// Nil where a `%` is not followed by two hex digits.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> [UInt8]? {
        var text = text
        let coded = text.withUTF8 { Array($0) }
        if !coded.contains(UInt8(ascii: "%")), !plusIsSpace { return coded }
        var decoded: [UInt8] = []
        var bytes = coded.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = bytes.next().flatMap(hexValue), let low = bytes.next().flatMap(hexValue) else {
                    return nil
                }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                decoded.append(UInt8(ascii: " "))
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        byte < 0x80 ? Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) : nil
    }
}

extension PercentCoding {
    /// Leaves only RFC 3986's unreserved characters as they are.
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            let isPlain = byte.isASCIIDigit || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            if isPlain || "-._~".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
