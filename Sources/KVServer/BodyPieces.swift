import Hummingbird
import NIOCore
import Synchronization

/// A request's body as arrays of bytes.
final class BodyPieces: AsyncSequence, Sendable {
    private let body: RequestBody
    private let count = Atomic(0)

    init(_ body: RequestBody) {
        self.body = body
    }

    /// Bytes so far.
    var received: Int { count.load(ordering: .relaxed) }

    struct AsyncIterator: AsyncIteratorProtocol {
        var buffers: RequestBody.AsyncIterator
        let pieces: BodyPieces

        @concurrent mutating func next() async throws -> [UInt8]? {
            guard let buffer = try await buffers.next() else { return nil }
            pieces.count.add(buffer.readableBytes, ordering: .relaxed)
            return Array(buffer.readableBytesView)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffers: body.makeAsyncIterator(), pieces: self) }
}
