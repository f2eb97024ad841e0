import KVFiles
import NIOCore

/// A request's body that has been received as a whole.
package struct ReceivedBody: Sendable {
    private enum Content: Sendable {
        case memory(ByteBuffer)
        case file(MappedFile)
    }

    private let content: Content
    /// Of the memory that it takes.
    private let reservations: [MemoryReservation]

    init(_ bytes: ByteBuffer, _ reservations: [MemoryReservation]) {
        content = .memory(bytes)
        self.reservations = reservations
    }

    init(_ file: MappedFile) {
        content = .file(file)
        reservations = []
    }

    package var count: Int {
        switch content {
        case .memory(let bytes): bytes.readableBytes
        case .file(let file): file.count
        }
    }

    /// Calls `body` with the bytes, which are valid until it returns. Reading a large body blocks.
    package func read<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
        switch content {
        case .memory(let bytes): try bytes.withUnsafeReadableBytes { try body($0.bindMemory(to: UInt8.self)) }
        case .file(let file):
            try file.read { bytes in
                // Gives the memory back.
                let passage = MappedFile.Passage(file)
                defer { withExtendedLifetime(passage) {} }
                return try body(bytes)
            }
        }
    }

    /// A part of the body, each piece of which is read when it is asked for.
    package func pieces(of range: Range<Int>) -> Pieces { Pieces(body: self, range: range) }

    package struct Pieces: AsyncSequence, Sendable {
        private static let pieceBytes = 1 << 20

        fileprivate let body: ReceivedBody
        fileprivate let range: Range<Int>

        package struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let body: ReceivedBody
            fileprivate var rest: Range<Int>

            @concurrent package mutating func next() async throws -> [UInt8]? {
                guard !rest.isEmpty else { return nil }
                let piece = rest.prefix(Pieces.pieceBytes)
                rest = piece.upperBound..<rest.upperBound
                return try await Blocking.run { [body] in
                    try body.read { bytes in Array(bytes[piece]) }
                }
            }
        }

        package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body, rest: range) }
    }
}
