import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOWebSocket
import Testing

@testable import KVHTTP

@Suite("The WebSocket handler")
struct WebSocketHandlerTests {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(WebSocketHandler(timing: WebSocketTiming()))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
    }

    @Test("pings every 20 seconds, and gives up a silent peer after 60 and its moment to answer")
    func silence() throws {
        for _ in 0..<2 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(try sent() == .ping)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(try sent() == .connectionClose)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == .end(nil))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("keeps a peer that only answers pings")
    func pong() throws {
        for _ in 0..<30 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(try sent() == .ping)
            try receive(.pong)
        }
    }

    @Test("gives up, 60 seconds after it last took something, a peer that talks but does not listen")
    func deaf() throws {
        setWritable(false)
        for _ in 0..<11 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(5))
            try receive(.pong)
        }
        #expect(try sent() == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(try sent() == .connectionClose)
    }

    @Test("takes a drained buffer for a sign of life")
    func drains() throws {
        for _ in 0..<10 {
            setWritable(false)
            channel.embeddedEventLoop.advanceTime(by: .seconds(30))
            setWritable(true)
        }
        while let opcode = try sent() { #expect(opcode == .ping) }
        #expect(channel.isActive)
    }

    @Test("answers no pings while the peer does not listen")
    func pings() throws {
        try receive(.ping)
        #expect(try sent() == .pong)
        setWritable(false)
        try receive(.ping)
        #expect(try sent() == nil)
    }

    @Test("closes with 1001 when the server stops, once, and sends nothing after it")
    func quiesces() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        let frame = try #require(try channel.readOutbound(as: WebSocketFrame.self))
        #expect(frame.opcode == .connectionClose && frame.data == WebSocketClose.goingAway.payload)
        channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(string: "late")), promise: nil)
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        #expect(try sent() == nil)
    }

    @Test("delivers nothing after the close frame")
    func ignores() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == .end(nil))
        try receive(.text)
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
    }

    private func receive(_ opcode: WebSocketOpcode) throws {
        try channel.writeInbound(WebSocketFrame(fin: true, opcode: opcode, maskKey: [0, 0, 0, 0], data: ByteBuffer()))
    }

    private func sent() throws -> WebSocketOpcode? {
        try channel.readOutbound(as: WebSocketFrame.self)?.opcode
    }

    private func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }
}
