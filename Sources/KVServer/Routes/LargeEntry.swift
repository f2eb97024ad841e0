import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVTransfer
import NIOCore

/// A value that is small enough for memory, or kept elsewhere.
enum GatheredValue: Sendable {
    case small([UInt8])
    case large(KeptBytes)
}

extension ValueStream {
    /// Reads the whole value, of which this then holds nothing; one with more than `limit` bytes is kept out of memory.
    ///
    /// - Parameter traits: Of the engine that the value is read from.
    mutating func gathered(
        in bodies: BodyStorage, upTo limit: Int, from traits: @autoclosure () throws -> EngineTraits
    ) async throws -> GatheredValue {
        var bytes = first
        first = []
        var pieces = rest?.makeAsyncIterator()
        while info.size ?? 0 <= limit, bytes.count <= limit {
            guard let piece = try await pieces?.next() else { return .small(bytes) }
            bytes += piece
        }
        let reservation = try await bodies.reserveForCopy(isRemote: traits().capabilities.contains(.costsQuota))
        defer { withExtendedLifetime(reservation) {} }
        var writer = try await bodies.keeping(expected: info.size ?? Entry.maximumValueBytes)
        try await writer.append(ByteBuffer(bytes: bytes))
        bytes = []
        while let piece = try await pieces?.next() { try await writer.append(ByteBuffer(bytes: piece)) }
        return .large(try await writer.finish())
    }
}

extension KeptBytes {
    private static let measuredBytes = 64 << 10

    /// The bytes of the value as the content of a JSON string; nil unless it is UTF-8.
    var lengthAsJSON: Int? {
        get async throws {
            var length = 0
            var start = 0
            while start < count {
                let isLast = start + Self.measuredBytes >= count
                let (bytes, added) = try await piece(from: start, atMost: Self.measuredBytes) { piece in
                    let whole = isLast ? piece : piece.upToLastScalar
                    return whole.isValidUTF8 ? (whole.count, whole.escapedCount) : (0, 0)
                }
                guard bytes > 0 else { return nil }
                start += bytes
                length += added
            }
            return length
        }
    }
}

/// An entry with a large value, written as JSON while the client reads it.
struct LargeEntry: Sendable {
    /// Bytes of a value that become one piece of the answer: a multiple of three, for base64.
    private static let valueBytes = 12 << 10

    private let value: KeptBytes
    private let isText: Bool
    private let before: ByteBuffer
    private let after: ByteBuffer
    private let valueLength: Int

    init(_ info: KeyInfo, _ value: KeptBytes, _ annotation: Annotation?) async throws {
        self.value = value
        let textLength = try await value.lengthAsJSON
        isText = textLength != nil
        valueLength = textLength ?? Base64.encodedCount(value.count)
        var info = info
        info.size = value.count
        let (json, position) = JSONWriter.entry(info, isText: isText, annotation)
        before = ByteBuffer(bytes: json[..<position])
        after = ByteBuffer(bytes: json[position...])
    }

    func response(_ headers: HTTPFields) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: .ok, headers: headers, length: before.readableBytes + valueLength + after.readableBytes,
            pieces: ResponseBody { [self] writer in
                try await writer.write(before)
                var start = 0
                while start < value.count {
                    let piece = try await value.piece(from: start, atMost: Self.valueBytes) { encoded($0) }
                    start += Self.valueBytes
                    try await writer.write(inPieces: piece)
                }
                try await writer.write(after)
                try await writer.finish(nil)
            })
    }

    private func encoded(_ bytes: UnsafeBufferPointer<UInt8>) -> ByteBuffer {
        guard isText else { return ByteBuffer(bytes: Base64.encode(bytes)) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        text.appendEscaped(bytes)
        return ByteBuffer(bytes: text)
    }
}
