package import HTTPTypes
package import Hummingbird
import KVFiles
package import NIOCore
import Synchronization

/// Bytes that wait for a client to read them: part of a file, or in memory under reservations.
package enum KeptBytes: Sendable {
    case file(SpoolFile, Range<Int>)
    case memory(ByteBuffer, [MemoryReservation])

    package var count: Int {
        switch self {
        case .file(_, let part): part.count
        case .memory(let bytes, _): bytes.readableBytes
        }
    }

    /// Returns the bytes from `start` on, at most `limit` of them.
    package func piece(from start: Int, atMost limit: Int) async throws -> ByteBuffer {
        let range = start..<min(count, start + limit)
        switch self {
        case .memory(let bytes, _):
            return bytes.getSlice(at: bytes.readerIndex + start, length: range.count) ?? ByteBuffer()
        case .file(let file, let part):
            return try await Blocking.run { try file.read(part[inside: range]) }
        }
    }

    /// Returns what `transform` makes of the bytes from `start` on, at most `limit` of them, on a thread that may block.
    package func piece<Result: Sendable>(
        from start: Int, atMost limit: Int, _ transform: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Result
    ) async throws -> Result {
        let range = start..<min(count, start + limit)
        return try await Blocking.run {
            let piece =
                switch self {
                case .memory(let bytes, _): bytes.getSlice(at: bytes.readerIndex + start, length: range.count)
                case .file(let file, let part): try file.read(part[inside: range])
                }
            return (piece ?? ByteBuffer()).withUnsafeReadableBytes { transform($0.bindMemory(to: UInt8.self)) }
        }
    }

    /// Takes bytes as they are produced.
    package struct Writer {
        private var spool: SpoolWriter?
        private let budget: MemoryBudget
        private var bytes = ByteBuffer()
        private var reservations: [MemoryReservation] = []

        /// - Parameter spool: Nil: the bytes are kept in memory.
        init(spool: SpoolWriter?, budget: MemoryBudget) {
            self.spool = spool
            self.budget = budget
        }

        package mutating func append(_ buffer: ByteBuffer) async throws {
            if spool != nil {
                try await spool?.append(buffer)
            } else {
                reservations.append(try await budget.reserve(buffer.readableBytes))
                bytes.writeImmutableBuffer(buffer)
            }
        }

        package consuming func finish() async throws -> KeptBytes {
            guard var spool else { return .memory(bytes, reservations) }
            try await spool.flush()
            return .file(spool.file, 0..<spool.count)
        }
    }
}

extension Range<Int> {
    /// A part of the range, counted from its beginning.
    fileprivate subscript(inside part: Range<Int>) -> Range<Int> {
        lowerBound + part.lowerBound..<lowerBound + part.upperBound
    }
}

extension ResponseBody {
    /// The bytes of an answer that are handed to a connection at once. Three pieces are in memory while a client does not
    /// read: two that are being sent, and one that waits for them.
    package static let pieceBytes = 32 << 10

    /// Writes kept bytes piece by piece, as fast as the client reads.
    package init(_ kept: KeptBytes) {
        self.init { writer in
            var start = 0
            while start < kept.count {
                let piece = try await kept.piece(from: start, atMost: Self.pieceBytes)
                start += piece.readableBytes
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }
}

extension Response {
    /// A response of known length whose body is written in pieces.
    package init(status: HTTPResponse.Status, headers: HTTPFields, length: Int, pieces: ResponseBody) {
        var headers = headers
        headers[.contentLength] = "\(length)"
        self.init(status: status, headers: headers, body: pieces)
    }
}

extension ResponseBodyWriter {
    /// Writes a buffer so that each piece waits until the client has taken the one before.
    @concurrent package mutating func write(inPieces buffer: ByteBuffer) async throws {
        var rest = buffer
        while let piece = rest.readSlice(length: min(ResponseBody.pieceBytes, rest.readableBytes)),
            piece.readableBytes > 0
        {
            try await write(piece)
        }
    }
}

/// A value that is taken once. Its memory is then not held by this object any longer.
package final class HandedOver<Value: Sendable>: Sendable {
    private let value: Mutex<Value?>

    package init(_ value: Value) {
        self.value = Mutex(value)
    }

    package func take() -> Value? { value.withLock { $0.take() } }
}
