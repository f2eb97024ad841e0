package import NIOCore

/// How long a WebSocket waits for its peer.
package struct WebSocketTiming: Sendable {
    /// Between two pings.
    package var ping = TimeAmount.seconds(20)
    /// Without a frame from the peer, or without its taking what was sent, before the connection is given up.
    package var silence = TimeAmount.seconds(60)
    /// Between the server's last word, a close frame or a refusal, and the end of the connection.
    package var linger = TimeAmount.seconds(2)

    package init() {}
}

extension Channel {
    /// Closes the connection after `delay`, unless it is closed before.
    func close(in delay: TimeAmount) {
        let deadline = eventLoop.scheduleTask(in: delay) { self.close(promise: nil) }
        closeFuture.whenComplete { _ in deadline.cancel() }
    }
}
