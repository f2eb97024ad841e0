import NIOCore
import NIOHTTP1

/// Applies rules of RFC 9112 to the answers of requests that ask to close the connection or are of HTTP/1.0.
///
/// - An HTTP/1.0 client gets no chunks, and its connection closes unless it asks to keep it.
/// - The last answer of a connection says so.
final class AnswerRules: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Tells the other handlers that the connection ends with the answer whose head is being written.
    struct LastAnswer {}

    /// A request, as far as its answer depends on it.
    enum Request {
        case closing, oldVersion(keepsAlive: Bool)
        case ordinary
    }

    /// Unanswered requests before those that are expected.
    private var before: Int
    /// Those that are not answered yet.
    private var expected: [Request] = []

    /// - Parameter count: The number of requests that are not answered yet.
    init(after count: Int) {
        before = count
    }

    /// Call it for each request, in order.
    func expect(_ request: Request) {
        expected.append(request)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where before == 0 && !expected.isEmpty && head.status.mayEndRequest:
            if adapt(&head, to: expected[0]) { context.fireUserInboundEventTriggered(LastAnswer()) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            if before > 0 { before -= 1 } else if !expected.isEmpty { expected.removeFirst() }
            context.write(data, promise: promise)
        }
    }

    /// Returns whether the connection ends with this answer although the request asked to keep it.
    private func adapt(_ head: inout HTTPResponseHead, to request: Request) -> Bool {
        switch request {
        case .ordinary: return false
        case .closing:
            head.headers.replaceOrAdd(name: "connection", value: "close")
            return false
        case .oldVersion(let keepsAlive):
            head.version = .http1_0
            // Without a length, the end of the connection is the end of the body.
            let canKeep = keepsAlive && head.headers.contains(name: "content-length")
            head.headers.replaceOrAdd(name: "connection", value: canKeep ? "keep-alive" : "close")
            return keepsAlive && !canKeep
        }
    }
}

extension HTTPResponseStatus {
    /// Whether it is neither informational nor the beginning of another protocol.
    fileprivate var mayEndRequest: Bool { code >= 200 }
}
