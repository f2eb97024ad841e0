import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import KVHTTP

/// Times pass in steps here; nothing waits for a clock.
@Suite("The guard of a connection")
struct ConnectionGuardTests {
    private final class Faults: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        var caught: [any Error] = []
        func errorCaught(context: ChannelHandlerContext, error: any Error) { caught.append(error) }
    }

    private final class Connection {
        let channel: EmbeddedChannel
        let faults = Faults()

        init(
            timing: ConnectionTiming = ConnectionTiming(),
            census: ConnectionCensus = ConnectionCensus(.init(connections: 100))
        ) throws {
            let refusals = Refusals { _ in (HTTPResponse(status: .badRequest), ByteBuffer()) }
            let server = ConnectionGuard(timing: timing, census: census, refusals: refusals)
            channel = EmbeddedChannel(handlers: [server, faults], loop: EmbeddedEventLoop())
            try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 80)).wait()
        }

        func receive(_ part: HTTPRequestPart) throws {
            try channel.writeInbound(part)
        }

        func receive(bytes: Int) throws { try receive(.body(ByteBuffer(repeating: 1, count: bytes))) }

        func begin() throws {
            try receive(.head(HTTPRequest(method: .put, scheme: "http", authority: "a", path: "/")))
            channel.read()
        }

        func pass(seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

        var faultsCaught: [ConnectionFault] { faults.caught.compactMap { $0 as? ConnectionFault } }
    }

    @Test("refuses a body of one byte each 20 seconds")
    func slow() throws {
        let connection = try Connection()
        try connection.begin()
        try connection.receive(bytes: 1)
        connection.channel.read()
        connection.pass(seconds: 20)
        try connection.receive(bytes: 1)
        connection.channel.read()
        #expect(connection.faultsCaught.isEmpty)
        connection.pass(seconds: 20)
        #expect(connection.faultsCaught == [.bodyTooSlow])
    }

    @Test("accepts a body of 2 KiB a second")
    func mobile() throws {
        let connection = try Connection()
        try connection.begin()
        for _ in 0..<600 {
            try connection.receive(bytes: 2 << 10)
            connection.channel.read()
            connection.pass(seconds: 1)
        }
        #expect(connection.faultsCaught.isEmpty && connection.channel.isActive)
    }

    @Test("does not count the time in which the server does not read")
    func unread() throws {
        let connection = try Connection()
        try connection.receive(.head(HTTPRequest(method: .put, scheme: "http", authority: "a", path: "/")))
        try connection.receive(bytes: 1)
        connection.pass(seconds: 300)
        #expect(connection.faultsCaught.isEmpty)
    }

    @Test("cuts off a client that takes nothing for 60 seconds, and no other")
    func reader() throws {
        let connection = try Connection()
        for _ in 0..<10 {
            connection.channel.isWritable = false
            connection.channel.pipeline.fireChannelWritabilityChanged()
            connection.pass(seconds: 59)
            #expect(connection.channel.isActive)
            connection.channel.isWritable = true
            connection.channel.pipeline.fireChannelWritabilityChanged()
        }
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.pass(seconds: 60)
        #expect(!connection.channel.isActive)
    }

    @Test("bounds the bodies that one address sends at a time")
    func bodies() throws {
        var limits = ConnectionCensus.Limits(connections: 100)
        limits.bodiesPerAddress = 2
        let census = ConnectionCensus(limits)
        let connections = try (0..<3).map { _ in try Connection(census: census) }
        for connection in connections { try connection.begin() }
        #expect(connections.map { $0.faultsCaught } == [[], [], [.tooManyBodies]])
        try connections[0].receive(.end(nil))
        let next = try Connection(census: census)
        try next.begin()
        #expect(next.faultsCaught.isEmpty)
        try connections[1].channel.close().wait()
        let another = try Connection(census: census)
        try another.begin()
        #expect(another.faultsCaught.isEmpty)
    }

    @Test("closes a connection without a request at its deadline")
    func deadline() throws {
        var timing = ConnectionTiming()
        timing.firstRequest = .seconds(5)
        let silent = try Connection(timing: timing)
        let asking = try Connection(timing: timing)
        try asking.begin()
        try asking.receive(.end(nil))
        silent.pass(seconds: 5)
        asking.pass(seconds: 5)
        #expect(!silent.channel.isActive && asking.channel.isActive)
    }

    @Test("drops 64 MiB of a body that was answered, then closes")
    func drop() throws {
        let connection = try Connection()
        try connection.begin()
        try connection.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .forbidden)))
        try connection.channel.writeOutbound(HTTPResponsePart.end(nil))
        for _ in 0..<64 {
            try connection.receive(bytes: 1 << 20)
            #expect(connection.channel.isActive)
        }
        try connection.receive(bytes: 1)
        #expect(!connection.channel.isActive)
    }

    @Test("drops a body that was answered for 5 seconds, then closes")
    func dropTime() throws {
        let connection = try Connection()
        try connection.begin()
        try connection.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .forbidden)))
        try connection.channel.writeOutbound(HTTPResponsePart.end(nil))
        connection.pass(seconds: 4)
        #expect(connection.channel.isActive)
        connection.pass(seconds: 1)
        #expect(!connection.channel.isActive)
    }
}

@Suite("The census of connections")
struct ConnectionCensusTests {
    private static func channel(_ address: String) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: address, port: 80)).wait()
        return channel
    }

    @Test("leaves a quarter of the connections to other addresses")
    func share() throws {
        let census = ConnectionCensus(.init(connections: 8))
        let own = try (0..<7).map { _ in try Self.channel("192.0.2.1") }
        #expect(own.map { census.admit($0) } == [true, true, true, true, true, true, false])
        #expect(census.admit(try Self.channel("192.0.2.2")))
        _ = try own[0].finish()
        #expect(census.admit(own[6]))
    }

    @Test("closes the oldest connection without a request for a new one")
    func room() throws {
        var limits = ConnectionCensus.Limits(connections: 4)
        limits.connectionsPerAddress = 4
        let census = ConnectionCensus(limits)
        let channels = try (0..<4).map { _ in try Self.channel("127.0.0.1") }
        #expect(census.admit(channels[0]))
        census.hasAsked(channels[0])
        for channel in channels[1...] { #expect(census.admit(channel)) }
        #expect(channels.map(\.isActive) == [true, false, true, true])
    }
}
