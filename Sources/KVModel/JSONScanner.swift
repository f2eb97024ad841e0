/// A strict, forward reader of JSON text (RFC 8259) over bytes that outlive it: no tree, no numbers parsed, values
/// passed over or handed out as the bytes they were written in.
///
/// Stricter than many parsers where leniency would lose data: bytes that are not UTF-8 and `\u` escapes of half a
/// surrogate pair are errors, since neither can be kept as text.
package struct JSONScanner {
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let reason: String
        /// Bytes from the start of the text.
        package let offset: Int
        package var description: String { "\(reason) at byte \(offset)" }
    }

    /// Deeper nesting is refused, as by most parsers.
    package static let maximumDepth = 256

    /// Of a number that is to be a whole one of 64 bits, with room for zeros.
    private static let maximumNumberBytes = 128

    package let bytes: UnsafeBufferPointer<UInt8>
    package internal(set) var position: Int

    package init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Throws unless the bytes are one JSON value and nothing else.
    package static func validate(_ text: [UInt8]) throws(Failure) {
        let failure: Failure? = text.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            do throws(Failure) {
                try scanner.skipValue()
                try scanner.end()
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    package func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }

    // MARK: Tokens

    package mutating func skipWhitespace() {
        while position < bytes.count, bytes[position] <= 0x20, bytes[position].isJSONWhitespace { position += 1 }
    }

    /// The next byte that is not white space, which stays unread; nil at the end.
    package mutating func peek() -> UInt8? {
        skipWhitespace()
        return position < bytes.count ? bytes[position] : nil
    }

    /// Reads the byte if it comes next.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    package mutating func expect(_ byte: UInt8) throws(Failure) {
        guard take(byte) else {
            let wanted = Character(UnicodeScalar(byte))
            throw failure(position < bytes.count ? "expected '\(wanted)'" : "the text ends where '\(wanted)' was due")
        }
    }

    /// Throws unless only white space is left.
    package mutating func end() throws(Failure) {
        guard peek() == nil else { throw failure("unexpected text after the value") }
    }

    // MARK: Values

    /// Passes over any one value and returns where it stood.
    @discardableResult
    package mutating func skipValue(depth: Int = 0) throws(Failure) -> Range<Int> {
        guard let first = peek() else { throw failure("the text ends where a value was due") }
        let start = position
        switch first {
        case UInt8(ascii: "{"):
            try skipMembers(depth: depth)
        case UInt8(ascii: "["):
            try skipElements(depth: depth)
        case UInt8(ascii: "\""):
            try skipString()
        case UInt8(ascii: "t"):
            try skipWord("true")
        case UInt8(ascii: "f"):
            try skipWord("false")
        case UInt8(ascii: "n"):
            try skipWord("null")
        default:
            try skipNumber()
        }
        return start..<position
    }

    private mutating func skipMembers(depth: Int) throws(Failure) {
        guard depth < Self.maximumDepth else { throw failure("nested more than \(Self.maximumDepth) deep") }
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a member's name") }
            try skipString()
            try expect(UInt8(ascii: ":"))
            try skipValue(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipElements(depth: Int) throws(Failure) {
        guard depth < Self.maximumDepth else { throw failure("nested more than \(Self.maximumDepth) deep") }
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try skipValue(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func skipWord(_ word: StaticString) throws(Failure) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw noValue }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { throw noValue }
        position += length
    }

    private mutating func skipNumber() throws(Failure) {
        if next(is: UInt8(ascii: "-")) { position += 1 }
        if next(is: UInt8(ascii: "0")) { position += 1 } else { try skipDigits() }
        if next(is: UInt8(ascii: ".")) {
            position += 1
            try skipDigits()
        }
        if next(is: UInt8(ascii: "e")) || next(is: UInt8(ascii: "E")) {
            position += 1
            if next(is: UInt8(ascii: "+")) || next(is: UInt8(ascii: "-")) { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(Failure) {
        let start = position
        while position < bytes.count, bytes[position].isASCIIDigit { position += 1 }
        guard position > start else { throw noValue }
    }

    /// What stands where a value was due, where other languages have one.
    private var noValue: Failure {
        let others = [
            ("'", "strings are in double quotes, not in single quotes"), ("NaN", "NaN is not a number of JSON"),
            ("Infinity", "Infinity is not a number of JSON"), ("True", "true is not written True"),
            ("False", "false is not written False"), ("None", "null is not written None"),
            ("undefined", "undefined is not a value of JSON"),
        ]
        let text = bytes[position...].prefix(16)
        let other = others.first { text.starts(with: $0.0.utf8) }
        return failure(other?.1 ?? "expected a value")
    }

    private func next(is byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    // MARK: Members and elements

    /// Reads an object member by member. `read` is called with the scanner before each value and must read that value.
    package mutating func object(_ read: (_ name: String, _ scanner: inout JSONScanner) throws -> Void) throws {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a member's name") }
            let name = try text(atMost: TextLimit.memberName)
            try expect(UInt8(ascii: ":"))
            try read(name, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Reads an array element by element. `read` must read one value.
    package mutating func array(_ read: (_ scanner: inout JSONScanner) throws -> Void) throws {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try read(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// A whole number in any notation: `10`, `10.0`, `1e1`.
    package mutating func integer() throws(Failure) -> Int64 {
        skipWhitespace()
        let end = min(bytes.count, position + Self.maximumNumberBytes)
        var number = JSONScanner(UnsafeBufferPointer(rebasing: bytes[..<end]), from: position)
        try number.skipNumber()
        let isWhole = number.position < Self.maximumNumberBytes + position
        guard isWhole, let value = Self.integer(bytes[position..<number.position]) else {
            throw failure("expected a whole number")
        }
        position = number.position
        return value
    }

    package mutating func boolean() throws(Failure) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try skipWord("true")
            return true
        case UInt8(ascii: "f"):
            try skipWord("false")
            return false
        default: throw failure("expected true or false")
        }
    }

    /// Reads `null` if it comes next.
    package mutating func takeNull() -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        return (try? skipWord("null")) != nil
    }

}

extension UInt8 {
    package var isJSONWhitespace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
    package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
}
