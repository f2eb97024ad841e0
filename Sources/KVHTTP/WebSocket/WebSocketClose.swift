import HTTPTypes
import NIOCore

/// The code of a close frame (RFC 6455, section 7.4). A route throws it to end its socket with another code than 1000.
package struct WebSocketClose: Error, Hashable, Sendable {
    package let code: UInt16

    package static let normal = WebSocketClose(code: 1000)
    package static let goingAway = WebSocketClose(code: 1001)
    static let protocolError = WebSocketClose(code: 1002)
    static let malformedText = WebSocketClose(code: 1007)
    static let tooLarge = WebSocketClose(code: 1009)
    package static let internalError = WebSocketClose(code: 1011)

    package init(code: UInt16) {
        self.code = code
    }
}

/// Between the route and the channel handler, the code travels as the trailing field `Connection` of the 101 answer.
extension WebSocketClose {
    var trailers: HTTPFields { [.connection: "\(code)"] }

    init(trailers: HTTPFields?) {
        self = trailers?[.connection].flatMap { UInt16($0) }.map(WebSocketClose.init) ?? .normal
    }
}

extension WebSocketClose {
    var payload: ByteBuffer { ByteBuffer(integer: code) }

    /// The payload that answers the peer's close frame: its own code again, when it is one that may be sent.
    static func answer(to payload: ByteBuffer) throws(WebSocketClose) -> ByteBuffer {
        var payload = payload
        if payload.readableBytes == 0 { return payload }
        switch payload.readInteger(as: UInt16.self) {
        case .some(let code) where [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(code) }:
            guard payload.isValidUTF8 else { throw .malformedText }
            return WebSocketClose(code: code).payload
        default:
            throw .protocolError
        }
    }
}

extension ByteBuffer {
    var isValidUTF8: Bool { String(validating: readableBytesView, as: UTF8.self) != nil }
}
