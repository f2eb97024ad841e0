/// Why a connection's request cannot be served, as its body's sequence throws it.
package enum ConnectionFault: Error, Equatable {
    /// The body came more slowly than any client needs to send it.
    case bodyTooSlow
    /// One address sends too many bodies at the same time.
    case tooManyBodies
    /// The body is not framed as HTTP/1.1 demands.
    case malformedBody
}
