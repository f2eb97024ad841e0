import NIOCore
import NIOWebSocket

/// What the frames of a peer mean: whole text messages, and control frames to answer (RFC 6455, section 5).
///
/// `WebSocketFrameDecoder` has already refused oversized frames, and control frames that are long or fragmented.
struct WebSocketInput {
    /// Of a frame, and of all frames of a message together.
    static let maximumMessageBytes = 64 * 1024

    enum Event: Equatable {
        case message(ByteBuffer)
        case ping(ByteBuffer)
        /// The peer says goodbye; the payload goes back to it.
        case close(answer: ByteBuffer)
    }

    private var fragments: ByteBuffer?
    private var isBinary = false

    /// Throws the code to close with when the frame is not allowed; nothing may be received after that.
    mutating func receive(_ frame: WebSocketFrame) throws(WebSocketClose) -> Event? {
        guard frame.maskKey != nil, frame.reservedBits.isEmpty else { throw .protocolError }
        switch frame.opcode {
        case .ping:
            return .ping(frame.unmaskedData)
        case .pong:
            return nil
        case .connectionClose:
            return .close(answer: try WebSocketClose.answer(to: frame.unmaskedData))
        case .text where fragments == nil, .binary where fragments == nil:
            isBinary = frame.opcode == .binary
            return try append(frame)
        case .continuation where fragments != nil:
            return try append(frame)
        default:
            throw .protocolError
        }
    }

    private mutating func append(_ frame: WebSocketFrame) throws(WebSocketClose) -> Event? {
        var message = frame.unmaskedData
        if var beginning = fragments.take() {
            guard beginning.readableBytes + message.readableBytes <= Self.maximumMessageBytes else { throw .tooLarge }
            beginning.writeBuffer(&message)
            message = beginning
        }
        guard frame.fin else {
            fragments = message
            return nil
        }
        // The socket's messages are texts. One that is not stands for none: its route has no use for it, and says so.
        if isBinary { return .message(ByteBuffer()) }
        guard message.isValidUTF8 else { throw .malformedText }
        return .message(message)
    }
}
