import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOWebSocket

/// The WebSocket end of an upgraded connection: text messages are parts of the request's body, and each part of the
/// response's body is a text message. The end of the response closes the socket, with the code in its trailers.
///
/// The request's body ends when the socket closes for whatever reason: the peer, a violation, silence, or shutdown.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = WebSocketFrame

    private let timing: WebSocketTiming
    private var input = WebSocketInput()
    /// Until a close frame is sent; from then on all input is dropped but the peer's own close frame.
    private var isOpen = true
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private var nextCheck: Scheduled<Void>?

    init(timing: WebSocketTiming) {
        self.timing = timing
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastHeard = context.eventLoop.now
        check(after: timing.ping, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        nextCheck?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A peer that talks but does not listen is as good as silent.
        if context.channel.isWritable { lastHeard = context.eventLoop.now }
        let frame = unwrapInboundIn(data)
        guard isOpen else {
            if frame.opcode == .connectionClose { context.close(mode: .output, promise: nil) }
            return
        }
        do throws(WebSocketClose) {
            switch try input.receive(frame) {
            case .message(let text):
                context.fireChannelRead(wrapInboundOut(.body(text)))
            case .ping(let payload) where context.channel.isWritable:
                send(.pong, payload, context)
                context.flush()
            case .close(let answer):
                close(with: answer, context)
                context.close(mode: .output, promise: nil)
            case .ping, nil:
                break
            }
        } catch {
            close(with: error.payload, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The route may have stopped reading, and with it the handlers behind this one.
        if !isOpen { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { lastHeard = context.eventLoop.now }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as NIOWebSocketError:
            let code: WebSocketClose = error == .invalidFrameLength ? .tooLarge : .protocolError
            close(with: code.payload, context)
            // The decoder has given up: it would not see the peer's close frame.
            context.close(mode: .output, promise: nil)
        case is ByteToMessageDecoderError:
            break
        default:
            context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            close(with: WebSocketClose.goingAway.payload, context)
        case ChannelEvent.inputClosed:
            isOpen = false
            context.close(mode: .output, promise: nil)
            context.channel.close(in: timing.linger)
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .body(let text) where isOpen:
            send(.text, text, context, promise: promise)
        case .end(let trailers) where isOpen:
            close(with: WebSocketClose(trailers: trailers).payload, context)
            promise?.succeed()
        case .head, .body, .end:
            promise?.fail(ChannelError.outputClosed)
        }
    }

    /// Sends the one close frame, ends the messages to the route, and leaves the peer a moment to answer.
    private func close(with payload: ByteBuffer, _ context: ChannelHandlerContext) {
        guard isOpen else { return }
        isOpen = false
        send(.connectionClose, payload, context)
        context.flush()
        context.channel.close(in: timing.linger)
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
        context.read()
    }

    private func check(after delay: TimeAmount, _ context: ChannelHandlerContext) {
        nextCheck = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            let silence = context.eventLoop.now - lastHeard
            guard silence < timing.silence else { return close(with: WebSocketClose.goingAway.payload, context) }
            guard isOpen else { return }
            if context.channel.isWritable {
                send(.ping, ByteBuffer(), context)
                context.flush()
            }
            check(after: min(timing.ping, timing.silence - silence), context)
        }
    }

    private func send(
        _ opcode: WebSocketOpcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>? = nil
    ) {
        context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: payload)), promise: promise)
    }
}
