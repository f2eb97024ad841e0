extension [UInt8] {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Appends text as a JSON string, quotes included. `text` is UTF-8; only what JSON demands is escaped.
    package mutating func appendJSONString(_ text: some Collection<UInt8>) {
        append(UInt8(ascii: "\""))
        if text.withContiguousStorageIfAvailable({ appendEscaped($0) }) == nil {
            Array(text).withUnsafeBufferPointer { appendEscaped($0) }
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends what stands between the quotes of a JSON string. Text may be cut anywhere.
    package mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var ignored = false
        while start < text.count {
            let end = text.endOfPlainText(from: start, sawNonASCII: &ignored)
            append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
            if end < text.count { appendEscape(of: text[end]) }
            start = end + 1
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(contentsOf: "u00".utf8)
            append(Self.hexDigits[Int(byte >> 4)])
            append(Self.hexDigits[Int(byte & 0xF)])
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The number of bytes that `appendEscaped` writes for this text.
    package var escapedCount: Int {
        var count = self.count
        var index = 0
        var ignored = false
        while true {
            index = endOfPlainText(from: index, sawNonASCII: &ignored)
            guard index < self.count else { return count }
            switch self[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: count += 1
            default: count += 5
            }
            index += 1
        }
    }
}
