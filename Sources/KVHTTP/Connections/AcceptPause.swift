import Logging
import NIOCore

/// Pauses accepting connections while the system has no descriptor or memory for another one, and logs that.
///
/// Without a pause, the event loop would try again at once, as long as a client waits.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.seconds(1)
    private static let timeBetweenLines = TimeAmount.minutes(1)

    private let logger: Logger
    private var lastLine: NIODeadline?

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        guard error is IOError else { return }
        if lastLine.map({ context.eventLoop.now - $0 > Self.timeBetweenLines }) ?? true {
            lastLine = context.eventLoop.now
            logger.error(
                "New connections cannot be accepted; trying again every second", metadata: ["cause": "\(error)"])
        }
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.pause) { channel.setOption(.autoRead, value: true) }
        }
    }
}
