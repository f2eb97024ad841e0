import NIOCore
import NIOPosix
import Testing

/// A client that says exactly which bytes go over the wire.
struct WebSocketWire {
    typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        static func text(_ text: String) -> Frame { Frame(opcode: 1, payload: Array(text.utf8)) }
        static func close(_ code: UInt16) -> Frame {
            Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)])
        }
    }

    static let handshake: [String: String] = [
        "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    /// Connects, and closes the connection when `body` is done.
    static func with(
        _ server: WebSocketTestServer, _ body: (inout WebSocketWire) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Stream(wrappingChannelSynchronously: channel, configuration: .init())
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var wire = WebSocketWire(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            try await body(&wire)
        }
    }

    /// Connects and upgrades.
    static func withSocket(
        _ server: WebSocketTestServer, _ body: (inout WebSocketWire) async throws -> Void
    ) async throws {
        try await with(server) { wire in
            try await wire.request("/socket", handshake)
            #expect(try await wire.head().hasPrefix("HTTP/1.1 101 "))
            try await body(&wire)
        }
    }

    func request(_ path: String, _ fields: [String: String], method: String = "GET", body: String = "") async throws {
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        try await send(Array("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(lines)\r\n\(body)".utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    func send(_ frame: Frame) async throws {
        try await send(Self.bytes(frame.opcode, frame.payload))
    }

    /// One masked frame.
    static func bytes(_ opcode: UInt8, _ payload: [UInt8], first: UInt8 = 0x80) -> [UInt8] {
        let length: [UInt8] =
            switch payload.count {
            case ...125: [0x80 | UInt8(payload.count)]
            case ...0xFFFF: [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
            default: [0xFF] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
            }
        let mask: [UInt8] = [1, 2, 3, 4]
        return [first | opcode] + length + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// The head of the next answer.
    mutating func head() async throws -> String {
        while true {
            let text = String(buffer: received)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let head = text[..<end.upperBound]
                received.moveReaderIndex(forwardBy: head.utf8.count)
                return String(head)
            }
            try #require(try await receive(), "the connection closed before an answer")
        }
    }

    /// The server's next frame; nil when it has closed the connection.
    mutating func frame() async throws -> Frame? {
        guard let opcode: UInt8 = try await read(1)?.first, let short = try await read(1)?.first else { return nil }
        var length = Int(short)
        if short > 125 {
            length = try await read(short == 126 ? 2 : 8)?.reduce(0) { $0 << 8 | Int($1) } ?? 0
        }
        return try await read(length).map { Frame(opcode: opcode & 0x0F, payload: $0) }
    }

    /// All that the server still has to say until it closes the connection.
    mutating func rest() async throws -> String {
        while try await receive() {}
        return String(buffer: received)
    }

    private mutating func read(_ count: Int) async throws -> [UInt8]? {
        while received.readableBytes < count {
            guard try await receive() else { return nil }
        }
        return received.readBytes(length: count)
    }

    private mutating func receive() async throws -> Bool {
        guard var more = try await inbound.next(isolation: #isolation) else { return false }
        received.writeBuffer(&more)
        return true
    }
}
