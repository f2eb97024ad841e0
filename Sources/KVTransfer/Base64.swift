/// RFC 4648, section 4: the standard alphabet, padded.
package enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let padding = UInt8(ascii: "=")
    private static let invalid: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for value in 0..<64 { values[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return values
    }()

    package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    package static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let letters = alphabet.utf8Start
        return Array(unsafeUninitializedCapacity: encodedCount(bytes.count)) { text, count in
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let rest = bytes.count - start
                let group =
                    UInt32(bytes[start]) << 16 | (rest > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
                    | (rest > 2 ? UInt32(bytes[start + 2]) : 0)
                text[count] = letters[Int(group >> 18)]
                text[count + 1] = letters[Int(group >> 12 & 63)]
                text[count + 2] = rest > 1 ? letters[Int(group >> 6 & 63)] : padding
                text[count + 3] = rest > 2 ? letters[Int(group & 63)] : padding
                count += 4
            }
        }
    }

    /// Returns the length of `count` bytes in base64 with lines of 64 characters, as in PEM files; lines of MIME are longer.
    package static func longestText(for count: Int) -> Int { encodedCount(count) / 64 * 66 + 66 }

    /// Nil unless the text is what an encoder writes: whole groups, padded, no bits left over. Line ends and blanks, by which
    /// MIME and PEM wrap it, are passed over.
    package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        if let bytes = decodeUnwrapped(text) { return bytes }
        guard text.contains(where: isBlank) else { return nil }
        return text.filter { !isBlank($0) }.withUnsafeBufferPointer { decodeUnwrapped($0) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: " ")
            || byte == UInt8(ascii: "\t")
    }

    private static func decodeUnwrapped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let digits = text.count - paddingCount(text)
        var isValid = true
        let bytes = values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { bytes, count in
                for start in stride(from: 0, to: text.count, by: 4) {
                    var group: UInt32 = 0
                    var bad: UInt8 = 0
                    let present = min(digits - start, 4)
                    for offset in 0..<present {
                        let value = values[Int(text[start + offset])]
                        bad |= value
                        group |= UInt32(value) << (18 - 6 * offset)
                    }
                    let leftOver = present == 4 ? 0 : present == 3 ? group & 0xFF : group & 0xFFFF
                    guard bad < 64, leftOver == 0 else {
                        isValid = false
                        return
                    }
                    bytes[count] = UInt8(truncatingIfNeeded: group >> 16)
                    if present > 2 { bytes[count + 1] = UInt8(truncatingIfNeeded: group >> 8) }
                    if present > 3 { bytes[count + 2] = UInt8(truncatingIfNeeded: group) }
                    count += present - 1
                }
            }
        }
        return isValid ? bytes : nil
    }

    private static func paddingCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard text.count >= 4, text[text.count - 1] == padding else { return 0 }
        return text[text.count - 2] == padding ? 2 : 1
    }
}
