import AsyncAlgorithms
import Hummingbird
import NIOCore

/// The peer's text messages, in order. The socket reads on, and notices its end, when the last message is done with,
/// that is, when the next one is asked for.
package struct WebSocketMessages: AsyncSequence, Sendable {
    fileprivate enum Item: Sendable {
        case text(String)
        /// Taken only by a reader that is done with the text before.
        case done
    }

    private let items = AsyncChannel<Item>()

    /// Hands over each part of the body; returns when the body ends, or fails, as it does when the connection is lost.
    func deliver(_ body: RequestBody) async {
        defer { finish() }
        do {
            for try await text in body {
                await items.send(.text(String(buffer: text)))
                await items.send(.done)
            }
        } catch {
            return
        }
    }

    func finish() {
        items.finish()
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var items: AsyncChannel<Item>.AsyncIterator

        @concurrent package mutating func next() async -> String? {
            while let item = await items.next() {
                if case .text(let text) = item { return text }
            }
            return nil
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(items: items.makeAsyncIterator())
    }
}
