/// The name of an entry: 1 to 512 bytes of UTF-8, other than `.` and `..`.
///
/// Keys compare, hash and sort by their bytes. `String` would not do: it holds "é" and "e\u{301}" for equal, and sorts
/// U+FF21 before an emoji, while every engine holds them for two keys in the order of their bytes.
package struct Key: Hashable, Sendable {
    package static let maximumBytes = 512

    package let bytes: [UInt8]

    /// Throws `invalid_key` with the rule that the name breaks.
    package init(utf8 bytes: [UInt8]) throws(KVError) {
        guard !bytes.isEmpty else { throw KVError(.invalidKey, "A key has at least one byte; this one is empty.") }
        guard bytes.count <= Self.maximumBytes else {
            throw KVError(
                .invalidKey, "A key has at most \(Self.maximumBytes) bytes of UTF-8; this one has \(bytes.count).")
        }
        guard bytes.count > 2 || bytes.contains(where: { $0 != 0x2E }) else {
            throw KVError(.invalidKey, "A key may not be \".\" or \"..\", which no engine accepts.")
        }
        guard bytes.isValidUTF8 else { throw KVError(.invalidKey, "A key is UTF-8 text; this one is not.") }
        self.bytes = bytes
    }

    package init(_ name: String) throws(KVError) {
        try self.init(utf8: Array(name.utf8))
    }

    /// Of text that was not read to its end.
    package static let tooLong = KVError(
        .invalidKey, "A key has at most \(maximumBytes) bytes of UTF-8; this one has more.")

    /// A key that an engine has stored, and so has checked before.
    package init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var name: String { String(decoding: bytes, as: UTF8.self) }
}

extension Key: Comparable {
    package static func < (lhs: Key, rhs: Key) -> Bool { lhs.bytes.precedesBytewise(rhs.bytes) }
}

extension Key: CustomStringConvertible {
    package var description: String { name }
}

extension [UInt8] {
    /// Whether these bytes come before the others as `memcmp` orders them, the shorter first where one begins the other.
    package func precedesBytewise(_ other: [UInt8]) -> Bool {
        withUnsafeBufferPointer { left in
            other.withUnsafeBufferPointer { right in
                var index = 0
                let shared = Swift.min(left.count, right.count)
                while index < shared, left[index] == right[index] { index += 1 }
                return index < shared ? left[index] < right[index] : left.count < right.count
            }
        }
    }

    /// Of a key's bytes: those up to and including the first delimiter behind a prefix of so many bytes.
    package func folder(behind prefixCount: Int, delimiter: [UInt8]) -> [UInt8]? {
        guard count >= prefixCount + delimiter.count else { return nil }
        for start in prefixCount...(count - delimiter.count)
        where self[start..<start + delimiter.count].elementsEqual(delimiter) {
            return Array(self[..<(start + delimiter.count)])
        }
        return nil
    }

    package var isValidUTF8: Bool {
        withUnsafeBufferPointer { $0.isValidUTF8 }
    }

    /// The first byte string, in byte order, that does not begin with this one; nil when there is none (empty, or all 0xFF).
    package var prefixUpperBound: [UInt8]? {
        guard let last = lastIndex(where: { $0 != 0xFF }) else { return nil }
        var bound = Array(self[...last])
        bound[last] += 1
        return bound
    }
}
