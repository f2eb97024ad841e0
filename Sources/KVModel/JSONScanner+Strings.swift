extension JSONScanner {
    /// Where a string's content stands between its quotes, and how many bytes it stands for: fewer than it has if it
    /// holds escapes.
    package struct StringContent {
        package let range: Range<Int>
        package let decodedCount: Int
        package var hasEscapes: Bool { decodedCount < range.count }
    }

    /// The bytes that a string stands for, its escapes resolved: always valid UTF-8. For texts whose length is bounded
    /// already, such as answers of a store; a client's are read with a limit.
    package mutating func string() throws(Failure) -> [UInt8] {
        decoded(try stringContent())
    }

    /// The same as text.
    package mutating func text() throws(Failure) -> String {
        String(decoding: try string(), as: UTF8.self)
    }

    /// A string of at most `limit` bytes, its escapes resolved. Throws where it is longer.
    package mutating func text(atMost limit: Int) throws(Failure) -> String {
        guard let content = try stringContent(atMost: limit) else {
            throw failure("a string of more than \(limit) bytes")
        }
        return String(decoding: decoded(content), as: UTF8.self)
    }

    /// Passes over a string that comes next if it stands for at most `limit` bytes; nil, and stays, if for more. Reads no
    /// further than such a string may reach.
    package mutating func stringContent(atMost limit: Int) throws(Failure) -> StringContent? {
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a string") }
        // No byte takes more than an escape of six characters. A string that goes on behind `reach` is too long.
        let reach = position + 1 + 6 * limit
        var beginning = JSONScanner(
            UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, reach + 12)]), from: position)
        let content: StringContent
        do {
            content = try beginning.skipString()
        } catch {
            if beginning.bytes.count < bytes.count, error.offset >= reach { return nil }
            position = beginning.position
            throw error
        }
        guard content.decodedCount <= limit else { return nil }
        position = beginning.position
        return content
    }

    /// Passes over a string that comes next, checking it.
    package mutating func stringContent() throws(Failure) -> StringContent {
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a string") }
        return try skipString()
    }

    /// The bytes that a string's content stands for; with a limit, its beginning, cut anywhere after that many bytes.
    package func decoded(_ content: StringContent, atMost limit: Int = .max) -> [UInt8] {
        let raw = UnsafeBufferPointer(rebasing: bytes[content.range])
        // A part of a buffer is not copied as fast as a buffer.
        guard content.hasEscapes else { return raw.count > limit ? Array(raw.prefix(limit)) : Array(raw) }
        let end = content.range.upperBound
        return Array(unsafeUninitializedCapacity: content.decodedCount) { result, count in
            var index = content.range.lowerBound
            while index < end, count < limit {
                if bytes[index] == UInt8(ascii: "\\") {
                    guard let scalar = try? escape(at: &index, before: end) else { return }
                    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                        result[count] = byte
                        count += 1
                    }
                } else {
                    result[count] = bytes[index]
                    count += 1
                    index += 1
                }
            }
        }
    }

    /// Passes over the string whose opening quote stands at the position.
    @discardableResult
    mutating func skipString() throws(Failure) -> StringContent {
        let start = position + 1
        var index = start
        var decodedCount = 0
        var sawNonASCII = false
        while true {
            let plain = index
            index = bytes.endOfPlainText(from: index, sawNonASCII: &sawNonASCII)
            decodedCount += index - plain
            guard index < bytes.count else {
                position = bytes.count
                throw failure("the text ends within a string")
            }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                if sawNonASCII, !UnsafeBufferPointer(rebasing: bytes[start..<index]).isValidUTF8 {
                    throw failure("a string that is not UTF-8")
                }
                position = index + 1
                return StringContent(range: start..<index, decodedCount: decodedCount)
            case UInt8(ascii: "\\"):
                do {
                    decodedCount += UTF8.width(try escape(at: &index, before: bytes.count))
                } catch {
                    position = error.offset
                    throw error
                }
            default:
                position = index
                throw failure("a control character in a string")
            }
        }
    }

    /// The scalar of the escape at `index`, which is moved behind it.
    private func escape(at index: inout Int, before end: Int) throws(Failure) -> UnicodeScalar {
        let start = index
        guard index + 1 < end else { throw Failure(reason: "the text ends within a string", offset: end) }
        let kind = bytes[index + 1]
        index += 2
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UnicodeScalar(kind)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw Failure(reason: "an unknown escape", offset: start)
        }
        let first = try hexUnit(at: &index, before: end)
        if let scalar = UnicodeScalar(first) { return scalar }
        if first < 0xDC00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") {
            index += 2
            let second = try hexUnit(at: &index, before: end)
            if (0xDC00..<0xE000).contains(second),
                let scalar = UnicodeScalar(0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF)))
            {
                return scalar
            }
        }
        throw Failure(reason: "half of a surrogate pair, which is not text", offset: start)
    }

    private func hexUnit(at index: inout Int, before end: Int) throws(Failure) -> UInt32 {
        var unit: UInt32 = 0
        for offset in index..<index + 4 {
            guard offset < end, let digit = bytes[offset].hexDigit else {
                throw Failure(reason: "\\u without four hexadecimal digits", offset: offset)
            }
            unit = unit << 4 | UInt32(digit)
        }
        index += 4
        return unit
    }
}

extension UInt8 {
    /// The value of this byte as an ASCII hexadecimal digit of either case.
    package var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
