/// Searches over raw bytes, eight at a time: what reading and writing JSON spends its time on.
extension UnsafeBufferPointer<UInt8> {
    /// The first byte at or behind `index` that cannot stand for itself in a JSON string: a quote, a backslash (or what
    /// is special in its place) or a control character; `count` if there is none. Sets `sawNonASCII` if a byte before it
    /// is not ASCII.
    package func endOfPlainText(
        from index: Int, special: UInt8 = UInt8(ascii: "\\"), sawNonASCII: inout Bool
    ) -> Int {
        guard let base = UnsafeRawPointer(baseAddress) else { return 0 }
        var index = index
        let specials = UInt64(special) &* 0x0101_0101_0101_0101
        var highBits: UInt64 = 0
        while index + 8 <= count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let stops =
                word.zeroBytes(0x2222_2222_2222_2222) | word.zeroBytes(specials) | word.controlBytes
            if stops != 0 {
                highBits |= word & 0x8080_8080_8080_8080 & ((stops & (0 &- stops)) &- 1)
                sawNonASCII = sawNonASCII || highBits != 0
                return index + stops.trailingZeroBitCount / 8
            }
            highBits |= word & 0x8080_8080_8080_8080
            index += 8
        }
        sawNonASCII = sawNonASCII || highBits != 0
        while index < count {
            let byte = self[index]
            if byte == UInt8(ascii: "\"") || byte == special || byte < 0x20 { return index }
            if byte >= 0x80 { sawNonASCII = true }
            index += 1
        }
        return count
    }

    /// All bytes but those at the end that may be the beginning of a scalar.
    package var upToLastScalar: UnsafeBufferPointer<UInt8> {
        // A scalar has at most three bytes after its first.
        for index in indices.suffix(4).reversed() where self[index] & 0xC0 != 0x80 {
            return self[index] < 0x80 ? self : UnsafeBufferPointer(rebasing: self[..<index])
        }
        return self
    }

    /// Whether the bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    package var isValidUTF8: Bool {
        var index = endOfASCII(from: 0)
        while index < count {
            guard let length = lengthOfScalar(at: index) else { return false }
            index += length
            if index < count, self[index] < 0x80 { index = endOfASCII(from: index) }
        }
        return true
    }

    private func endOfASCII(from index: Int) -> Int {
        guard let base = UnsafeRawPointer(baseAddress) else { return 0 }
        var index = index
        while index + 8 <= count {
            let high =
                UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) & 0x8080_8080_8080_8080
            if high != 0 { return index + high.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] < 0x80 { index += 1 }
        return index
    }

    /// How many bytes the scalar at `index`, which is not ASCII, takes; nil if it is malformed.
    private func lengthOfScalar(at index: Int) -> Int? {
        let lead = self[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if lead == 0xE0 { second = 0xA0...0xBF }
            if lead == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if lead == 0xF0 { second = 0x90...0xBF }
            if lead == 0xF4 { second = 0x80...0x8F }
        default: return nil
        }
        guard index + length <= count, second.contains(self[index + 1]) else { return nil }
        if length > 2, self[index + 2] & 0xC0 != 0x80 { return nil }
        if length > 3, self[index + 3] & 0xC0 != 0x80 { return nil }
        return length
    }
}

extension UInt64 {
    /// The high bit of the lowest byte that equals the pattern's, of eight equal ones; bits above it mean nothing.
    fileprivate func zeroBytes(_ pattern: UInt64) -> UInt64 {
        let difference = self ^ pattern
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }

    /// The same for the lowest byte under 0x20.
    fileprivate var controlBytes: UInt64 {
        (self &- 0x2020_2020_2020_2020) & ~self & 0x8080_8080_8080_8080
    }
}
