import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing

@testable import KVHTTP

@Suite("Damaged requests")
struct RequestFuzzTests {
    @Test("of several parts are refused, or have their parts within them, in order")
    func multipart() {
        let line = "--b0undary\r\nContent-Disposition: form-data; name=\"value\"; filename=\"a;\\\"b\"\r\n"
        let forms = [
            "\(line)\r\nvalue\r\n--b0undary\r\nContent-Disposition: form-data; name=metadata\r\nContent-Type: text/plain\r\n\r\n{}\r\n--b0undary--\r\n",
            "before\r\n\(line)Content-Type: a/b; c=\"d\"\r\n\r\n--b0undar\r\n\r\n--b0undary-- after", "--b0undary--",
        ]
        for form in Mutations(of: forms, telling: "\r\n-:;=\"\\ b", seed: 41) {
            form.withUnsafeBufferPointer { bytes in
                guard let parts = try? Multipart(bytes, boundary: Array("b0undary".utf8)).parts else { return }
                var end = 0
                for part in parts {
                    if part.content.lowerBound < end || part.content.upperBound > bytes.count {
                        Issue.record("\(parts)")
                    }
                    end = part.content.upperBound
                }
            }
        }
    }

    @Test("of Accept-Encoding, Range and headers with parameters are read to their end")
    func headers() {
        let texts = [
            "gzip;q=0.5, *;q=0", "bytes=0-99", "bytes=-5", "form-data; name=\"a;b\"; c=\"\\\"\"",
            "multipart/form-data; boundary=x",
        ]
        for text in Mutations(of: texts, telling: ";,=\"\\ *-0q", seed: 42) {
            let header = String(decoding: text, as: UTF8.self)
            _ = AcceptedCodings(header)
            _ = HeaderParameters(header)
            if case .part(let range) = ByteRange(header, of: 100), range.lowerBound < 0 || range.upperBound > 99 {
                Issue.record("\(header) is \(range)")
            }
        }
    }

    @Test("of WebSocket frames are messages of 64 KiB at most, or the end of the socket")
    func webSocketFrames() throws {
        let frames = [
            Self.frame(.text, Array(#"{"type":"cancel"}"#.utf8)), Self.frame(.text, Array("é😀".utf8), isLast: false),
            Self.frame(.continuation, [0x61, 0xF0, 0x9F]), Self.frame(.ping, [1, 2]), Self.frame(.pong, []),
            Self.frame(.connectionClose, [0x03, 0xE8] + Array("bye".utf8)), Self.frame(.binary, [0xFF]),
            Self.frame(.text, [UInt8](repeating: 0x61, count: 300)),
        ]
        for bytes in Mutations(of: frames + [frames.flatMap { $0 }], telling: "\u{0}\u{1}\u{8}\u{9}", seed: 43) {
            let channel = EmbeddedChannel(
                handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketInput.maximumMessageBytes)))
            defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
            guard (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil else { continue }
            try receive(channel)
        }
    }

    private func receive(_ channel: EmbeddedChannel) throws {
        var input = WebSocketInput()
        do {
            while let frame = try channel.readInbound(as: WebSocketFrame.self) {
                if case .message(let text) = try input.receive(frame),
                    text.readableBytes > WebSocketInput.maximumMessageBytes || !text.isValidUTF8
                {
                    Issue.record("\(text)")
                }
            }
        } catch is WebSocketClose {
            return
        }
    }

    private static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], isLast: Bool = true) -> [UInt8] {
        let head = [(isLast ? 0x80 : 0) | UInt8(webSocketOpcode: opcode)]
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)] : [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        return head + length + [0, 0, 0, 0] + payload
    }
}
