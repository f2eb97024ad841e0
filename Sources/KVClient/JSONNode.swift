import KVModel

/// A value of a JSON text, read where it is asked for. Its bytes stay as they came: numbers keep their digits, keys their bytes.
package struct JSONNode: Sendable {
    private let bytes: ArraySlice<UInt8>

    /// Throws `JSONScanner.Failure` unless the text is one JSON value.
    package init(_ text: [UInt8]) throws {
        try JSONScanner.validate(text)
        bytes = text[...]
    }

    private init(within bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// As it was written.
    package var json: String { String(decoding: bytes, as: UTF8.self) }

    /// Nil where there is no such member, or it is null.
    package subscript(name: String) -> JSONNode? {
        var found: JSONNode?
        read { scanner, slice in
            guard scanner.peek() == UInt8(ascii: "{") else { return }
            try scanner.object { member, scanner in
                let isNull = scanner.peek() == UInt8(ascii: "n")
                let range = try scanner.skipValue()
                if member == name, !isNull { found = JSONNode(within: slice(range)) }
            }
        }
        return found
    }

    /// None where it is no array.
    package var elements: [JSONNode] {
        var found: [JSONNode] = []
        read { scanner, slice in
            guard scanner.peek() == UInt8(ascii: "[") else { return }
            try scanner.array { scanner in
                _ = scanner.peek()
                found.append(JSONNode(within: slice(try scanner.skipValue())))
            }
        }
        return found
    }

    package var text: String? {
        var found: String?
        read { scanner, _ in
            if scanner.peek() == UInt8(ascii: "\"") { found = try scanner.text() }
        }
        return found
    }

    package var integer: Int? {
        JSONScanner.integer(bytes).flatMap { Int(exactly: $0) }
    }

    package var number: Double? { Double(json) }

    package var boolean: Bool? {
        switch json {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// The text is valid, so nothing is thrown that would be of interest.
    private func read(_ body: (inout JSONScanner, (Range<Int>) -> ArraySlice<UInt8>) throws -> Void) {
        bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            let start = bytes.startIndex
            try? body(&scanner) { range in bytes[(start + range.lowerBound)..<(start + range.upperBound)] }
        }
    }
}
