import AsyncAlgorithms
import Hummingbird
package import NIOCore

/// A socket as its route sees it. Any task of the route may send; one reads `messages`, to their end or not at all.
package struct WebSocket: Sendable {
    /// What the two sides of a socket hand to the task that writes; each ends with `end`.
    private enum Outgoing: Sendable {
        case text(ByteBuffer)
        /// With a code when the route is done, without when the peer is.
        case end(WebSocketClose?)
    }

    package let messages: WebSocketMessages
    private let outbox: AsyncChannel<Outgoing>

    /// Sends one text message; suspends while the peer is slow, and throws once the socket is closed.
    package func send(_ text: ByteBuffer) async throws(CancellationError) {
        await outbox.send(.text(text))
        if Task.isCancelled { throw CancellationError() }
    }

    /// Serves a socket over the bodies of its request and of its response, until `serve` returns or the request ends.
    static func run(
        reading body: RequestBody, writing writer: inout any ResponseBodyWriter,
        serve: @escaping @Sendable (WebSocket) async -> WebSocketClose
    ) async {
        let messages = WebSocketMessages()
        let outbox = AsyncChannel<Outgoing>()
        await withDiscardingTaskGroup { group in
            group.addTask {
                await messages.deliver(body)
                await outbox.send(.end(nil))
            }
            group.addTask {
                let close = await serve(WebSocket(messages: messages, outbox: outbox))
                messages.finish()
                await outbox.send(.end(close))
            }
            if let close = await write(outbox, to: &writer) {
                // The end of the response ends the request's body, and with it the delivery of messages.
                try? await writer.finish(close.trailers)
            } else {
                group.cancelAll()
            }
            outbox.finish()
        }
    }

    @concurrent private static func write(
        _ outbox: AsyncChannel<Outgoing>, to writer: inout any ResponseBodyWriter
    ) async -> WebSocketClose? {
        for await outgoing in outbox {
            switch outgoing {
            case .text(let text):
                do {
                    try await writer.write(text)
                } catch {
                    // The channel handlers close the connection, in their own time.
                    return nil
                }
            case .end(let close):
                return close
            }
        }
        return nil
    }
}
