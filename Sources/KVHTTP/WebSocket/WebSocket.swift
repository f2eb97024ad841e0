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
        reading body: RequestBody, writing writer: inout any ResponseBodyWriter, on eventLoop: any EventLoop,
        serve: @escaping @Sendable (WebSocket) async -> WebSocketClose
    ) async {
        let messages = WebSocketMessages()
        let outbox = AsyncChannel<Outgoing>()
        // Ends with the request's body and is not cancelled before: that would close the connection at once.
        async let delivery: Void = {
            await messages.deliver(body)
            await outbox.send(.end(nil))
        }()
        await withDiscardingTaskGroup { group in
            group.addTask {
                let close = await serve(WebSocket(messages: messages, outbox: outbox))
                messages.finish()
                await outbox.send(.end(close))
            }
            if let close = await write(outbox, to: &writer, on: eventLoop) {
                // The end of the response ends the request's body.
                try? await writer.finish(close.trailers)
            } else {
                group.cancelAll()
            }
            outbox.finish()
        }
        await delivery
    }

    @concurrent private static func write(
        _ outbox: AsyncChannel<Outgoing>, to writer: inout any ResponseBodyWriter, on eventLoop: any EventLoop
    ) async -> WebSocketClose? {
        for await outgoing in outbox {
            switch outgoing {
            case .text(let text):
                do {
                    try await writer.write(text)
                    // NIO notices on the event loop that the peer is slow: a fast route must not be ahead of that.
                    try await eventLoop.submit {}.get()
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
