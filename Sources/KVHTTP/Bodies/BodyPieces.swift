package import Hummingbird
import NIOCore
import Synchronization

/// A request's body as arrays of bytes, straight from the client or from where it was received.
package final class BodyPieces: AsyncSequence, Sendable {
    private enum Source: Sendable {
        case client(RequestBody)
        case received(ReceivedBody.Pieces)
    }

    private let source: Source
    private let count = Atomic(0)

    package init(_ body: RequestBody) {
        source = .client(body)
    }

    init(_ pieces: ReceivedBody.Pieces) {
        source = .received(pieces)
    }

    /// The number of bytes handed over so far.
    package var received: Int { count.load(ordering: .relaxed) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate enum Source {
            case client(RequestBody.AsyncIterator)
            case received(ReceivedBody.Pieces.AsyncIterator)
        }

        fileprivate var source: Source
        fileprivate let pieces: BodyPieces

        @concurrent package mutating func next() async throws -> [UInt8]? {
            let piece: [UInt8]?
            switch source {
            case .client(var buffers):
                piece = try await buffers.next().map { Array($0.readableBytesView) }
                source = .client(buffers)
            case .received(var buffers):
                piece = try await buffers.next()
                source = .received(buffers)
            }
            pieces.count.add(piece?.count ?? 0, ordering: .relaxed)
            return piece
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .client(let body): AsyncIterator(source: .client(body.makeAsyncIterator()), pieces: self)
        case .received(let pieces): AsyncIterator(source: .received(pieces.makeAsyncIterator()), pieces: self)
        }
    }
}
