import Foundation

/// Thrown for a body that is not of the form `multipart/form-data`.
package struct MultipartFault: Error {
    /// Follows "The body cannot be read:", such as "it has too many parts".
    package let reason: String
}

/// A body of `multipart/form-data` (RFC 7578), whose parts are told by where they stand.
package struct Multipart {
    package struct Part: Equatable {
        package var name: String
        /// Lowercase, without parameters; nil where the part does not say.
        package var contentType: String?
        package var content: Range<Int>
    }

    /// A part's headers are a few lines.
    private static let maximumHeaderBytes = 16 * 1_024
    private static let maximumParts = 16
    private static let lineEnd = Array("\r\n".utf8)

    package let parts: [Part]

    /// Throws what is wrong with a body that is not of this form, from its first boundary to the closing one.
    ///
    /// - Parameter boundary: not empty.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, boundary: [UInt8]) throws(MultipartFault) {
        let dashes = Array("--".utf8) + boundary
        var parts: [Part] = []
        guard var delimiter = Self.firstDelimiter(in: bytes, dashes) else {
            throw MultipartFault(reason: "the boundary of its Content-Type is not in it")
        }
        while !delimiter.isLast {
            guard parts.count < Self.maximumParts else { throw MultipartFault(reason: "it has too many parts") }
            let headers = try MultipartHeaders(bytes, from: delimiter.end, limit: Self.maximumHeaderBytes)
            // The line break before a boundary belongs to the boundary: also when the content is empty.
            guard let next = Self.delimiter(in: bytes, from: headers.end - Self.lineEnd.count, Self.lineEnd + dashes)
            else { throw MultipartFault(reason: "it ends before its closing boundary") }
            let content = headers.end..<max(headers.end, next.start)
            parts.append(Part(name: headers.name, contentType: headers.contentType, content: content))
            delimiter = next
        }
        self.parts = parts
    }

    // MARK: Boundaries

    private struct Delimiter {
        var start: Int
        /// Behind it and the line break that ends it.
        var end: Int
        var isLast: Bool
    }

    /// The body begins with it, unless something stands before the first one.
    private static func firstDelimiter(in bytes: UnsafeBufferPointer<UInt8>, _ dashes: [UInt8]) -> Delimiter? {
        if bytes.starts(with: dashes), let found = behind(0, dashes.count, in: bytes) { return found }
        return delimiter(in: bytes, from: 0, lineEnd + dashes)
    }

    /// The next line that is a boundary. One that only begins like it is content.
    private static func delimiter(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ line: [UInt8]
    ) -> Delimiter? {
        var start = start
        while let found = bytes.firstOccurrence(of: line, from: start) {
            if let delimiter = behind(found, found + line.count, in: bytes) { return delimiter }
            start = found + 1
        }
        return nil
    }

    /// What follows a boundary: `--`, or white space and a line break.
    private static func behind(_ start: Int, _ end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Delimiter? {
        if bytes[end...].starts(with: "--".utf8) { return Delimiter(start: start, end: end + 2, isLast: true) }
        var index = end
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard bytes[index...].starts(with: lineEnd) else { return nil }
        return Delimiter(start: start, end: index + lineEnd.count, isLast: false)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the needle first stands at or behind `start`. Its first byte is nowhere else in it (a carriage return before a
    /// boundary), so that this takes one pass, however often something like it comes.
    func firstOccurrence(of needle: [UInt8], from start: Int) -> Int? {
        guard let base = baseAddress, let first = needle.first else { return nil }
        var start = start
        while start + needle.count <= count {
            guard let found = memchr(base + start, Int32(first), count - start - needle.count + 1) else { return nil }
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + index, needle, needle.count) == 0 { return index }
            start = index + 1
        }
        return nil
    }
}
