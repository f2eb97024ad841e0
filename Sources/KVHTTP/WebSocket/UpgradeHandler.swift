import HTTPTypes
import HummingbirdCore
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Lets one port serve WebSockets beside ordinary routes; it sits behind the HTTP coders of every connection.
///
/// A request to upgrade passes the router and its middleware like any other. When the answer is 101, the HTTP coders
/// leave the pipeline and ``WebSocketHandler`` takes the place of this handler. After every other answer the connection
/// is closed, because NIO's HTTP parser stops at a request that asks for an upgrade, whatever the protocol.
package final class UpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// The request at which the parser stops.
    private struct LastRequest {
        /// The end of a handshake is kept back until its answer is known: after a 101, the messages follow as its body.
        var keepsEnd: Bool
        var isRead = false
    }

    private let timing: WebSocketTiming
    private var unanswered = 0
    private var lastRequest: LastRequest?
    private var isQuiescing = false

    package init(timing: WebSocketTiming = WebSocketTiming()) {
        self.timing = timing
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if lastRequest?.isRead == true { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            unanswered += 1
            if request.stopsParser { lastRequest = LastRequest(keepsEnd: request.asksForWebSocket) }
        case .end:
            lastRequest?.isRead = true
            if lastRequest?.keepsEnd == true { return }
        case .body:
            break
        }
        context.fireChannelRead(data)
    }

    /// Nothing is read between the last request and its answer: the parser would keep it all in memory.
    package func read(context: ChannelHandlerContext) {
        if lastRequest?.isRead != true { context.read() }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let lastRequest, unanswered == 1 else {
            if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
            return context.write(data, promise: promise)
        }
        switch unwrapOutboundIn(data) {
        case .head(let response) where response.status == .switchingProtocols && lastRequest.keepsEnd:
            context.writeAndFlush(data, promise: promise)
            upgrade(context)
        case .head(var response) where response.status.kind != .informational:
            response.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(response)), promise: promise)
            releaseEnd(context)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
            context.channel.close(in: timing.linger)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isQuiescing = true }
        context.fireUserInboundEventTriggered(event)
    }

    private func releaseEnd(_ context: ChannelHandlerContext) {
        guard let request = lastRequest, request.keepsEnd else { return }
        lastRequest?.keepsEnd = false
        guard request.isRead else { return }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }

    private func upgrade(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = WebSocketFrameDecoder(maxFrameSize: WebSocketInput.maximumMessageBytes)
            try pipeline.addHandlers(
                [WebSocketFrameEncoder(), ByteToMessageHandler(decoder), WebSocketHandler(timing: timing)],
                position: .after(self)
            )
            // Hummingbird's idle timeout goes as well: on a socket, ``WebSocketHandler`` says what idle means.
            let ofHTTP = [
                try pipeline.context(handlerType: HTTPConnectionStateHandler.self),
                try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self),
                try pipeline.context(handlerType: HTTPResponseEncoder.self),
                try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            ]
            let rules = [
                try? pipeline.context(handlerType: MessageRules.self),
                try? pipeline.context(handlerType: AnswerRules.self),
            ]
            for context in ofHTTP + rules.compactMap(\.self) {
                pipeline.removeHandler(context: context, promise: nil)
            }
            if isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
            context.read()
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}

extension HTTPRequest {
    /// Whether NIO's parser takes what follows for another protocol. It also looks at `Connection`; not to do so errs
    /// only towards closing a connection that could have lived on.
    fileprivate var stopsParser: Bool { method == .connect || headerFields.contains(.upgrade) }

    /// Whether this is a WebSocket handshake by its method, `Upgrade` and `Connection` (RFC 6455, section 4.2.1).
    var asksForWebSocket: Bool {
        method == .get && headerFields.lists("websocket", in: .upgrade)
            && headerFields.lists("upgrade", in: .connection)
    }
}

extension HTTPFields {
    fileprivate func lists(_ token: String, in name: HTTPField.Name) -> Bool {
        self[values: name].contains { value in
            value.split { $0 == "," || $0 == " " || $0 == "\t" }.contains { $0.lowercased() == token }
        }
    }
}
