import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Keeps a connection from costing more than its requests are worth:
///
/// - a client that waits for leave to send its body (`Expect: 100-continue`) gets it, unless the answer is out at once;
/// - when an answer is out before the request's body is in (it was too large, say), a little more is read, so that the
///   client sees the answer, and then the connection is closed;
/// - a client that does not read its answer for a minute is cut off.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let bytesReadAfterAnswer = 64 << 20
    /// Time in which a request that is wrong from its head is refused.
    private static let timeToRefuse = TimeAmount.milliseconds(25)
    private static let timeToRead = TimeAmount.seconds(60)

    private var isReceiving = false
    private var hasAnswered = false
    private var surplus = 0
    private var stalled: Scheduled<Void>?
    private var leave: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            isReceiving = true
            hasAnswered = false
            surplus = 0
            if request.headerFields[.expect]?.lowercased() == "100-continue" { giveLeave(context) }
        case .body(let bytes) where hasAnswered:
            surplus += bytes.readableBytes
            if surplus > Self.bytesReadAfterAnswer {
                context.close(promise: nil)
                return
            }
        case .body: leave?.cancel()
        case .end:
            isReceiving = false
            leave?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isReceiving else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head: leave?.cancel()
        case .body: break
        case .end: hasAnswered = true
        }
        context.write(data, promise: promise)
    }

    private func giveLeave(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        leave = context.eventLoop.scheduleTask(in: Self.timeToRefuse) {
            let (handler, context) = bound.value
            let head = HTTPResponsePart.head(HTTPResponse(status: .continue))
            context.writeAndFlush(handler.wrapOutboundOut(head), promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stalled = context.eventLoop.scheduleTask(in: Self.timeToRead) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stalled?.cancel()
        leave?.cancel()
    }
}
