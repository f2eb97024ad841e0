package import NIOCore

/// The time limits of a connection.
package struct ConnectionTiming: Sendable {
    /// Bytes a second that a body must bring over each `bodyWindow` in which the server reads it.
    package static let leastBodyRate = 256

    /// The time in which an invalid head is refused before the client is told to send its body.
    var refusal = TimeAmount.milliseconds(25)
    /// Time after which a client that takes nothing of its answer is cut off.
    var answer = TimeAmount.seconds(60)
    var bodyWindow = TimeAmount.seconds(30)
    /// Time in which the rest of a body is read and dropped after its answer.
    var drain = TimeAmount.seconds(5)
    /// Bytes of a body that are read and dropped after its answer.
    var drainedBytes = 64 << 20
    /// Time in which a new connection must send the head of its first request; nil: as long as it may be idle.
    package var firstRequest: TimeAmount?

    package init() {}

    var leastBodyBytes: Int { Int(bodyWindow.nanoseconds / 1_000_000) * Self.leastBodyRate / 1_000 }
}
