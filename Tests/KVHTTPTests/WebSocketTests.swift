import KVModel
import NIOCore
import Synchronization
import Testing

@testable import KVHTTP

@Suite("A WebSocket", .timeLimit(.minutes(1)))
struct WebSocketTests {
    @Test("answers the handshake of RFC 6455 with its accept value")
    func handshake() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                try await wire.request("/socket", WebSocketWire.handshake)
                let head = try await wire.head().lowercased()
                #expect(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"))
                #expect(head.contains("upgrade: websocket\r\n") && head.contains("connection: upgrade\r\n"))
            }
        }
    }

    @Test("carries whole text messages both ways", arguments: ["", "hi", "é😀", String(repeating: "x", count: 65_536)])
    func echoes(text: String) async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.withSocket(server) { wire in
                try await wire.send(.text(text))
                #expect(try await wire.frame() == .text(text))
            }
        }
    }

    @Test("joins fragments, and answers a ping between them, however the bytes arrive")
    func fragments() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.withSocket(server) { wire in
                let frames =
                    WebSocketWire.bytes(1, [0xC3], first: 0) + WebSocketWire.bytes(9, [7])
                    + WebSocketWire.bytes(10, []) + WebSocketWire.bytes(0, [0xA9])
                for byte in frames { try await wire.send([byte]) }
                #expect(try await wire.frame() == .init(opcode: 10, payload: [7]))
                #expect(try await wire.frame() == .text("é"))
            }
        }
    }

    @Test("closes with the code that says what was wrong", arguments: Violation.all)
    func violations(violation: Violation) async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.withSocket(server) { wire in
                try await wire.send(violation.bytes)
                #expect(try await wire.frame() == .close(violation.code))
                try await wire.send(.close(violation.code))
                #expect(try await wire.frame() == nil)
            }
        }
    }

    @Test("says what was wrong in the midst of sending, and to a peer that goes on sending")
    func violationUnderLoad() async throws {
        let serve: @Sendable (WebSocket) async throws -> Void = { socket in
            let text = ByteBuffer(string: String(repeating: "x", count: 65_536))
            while true { try await socket.send(text) }
        }
        try await WebSocketTestServer.with(serve: serve) { server in
            try await WebSocketWire.withSocket(server) { wire in
                let large = [UInt8](repeating: 0, count: 1 << 20)
                try await wire.send(WebSocketWire.bytes(1, large))
                var frame = try await wire.frame()
                while frame?.opcode == 1 { frame = try await wire.frame() }
                #expect(frame == .close(1009))
                try await wire.send(large)
                #expect(try await wire.frame() == nil)
            }
        }
    }

    @Test("answers the peer's close with the same code", arguments: [1000, 1001, 1003, 1014, 3000, 4999] as [UInt16])
    func closesBack(code: UInt16) async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.withSocket(server) { wire in
                try await wire.send(WebSocketWire.bytes(8, WebSocketWire.Frame.close(code).payload + Array("bye".utf8)))
                #expect(try await wire.frame() == .close(code))
                #expect(try await wire.frame() == nil)
            }
        }
    }

    @Test("closes with 1000 when its route is done, or with the code that the route throws", arguments: Ending.allCases)
    func routeEnds(ending: Ending) async throws {
        let serve: @Sendable (WebSocket) async throws -> Void = { socket in
            try await socket.send(ByteBuffer(string: "last"))
            switch ending {
            case .returns: return
            case .throwsCode: throw WebSocketClose(code: 4001)
            case .fails: throw KVError(.internalError, "broken")
            }
        }
        try await WebSocketTestServer.with(serve: serve) { server in
            try await WebSocketWire.withSocket(server) { wire in
                #expect(try await wire.frame() == .text("last"))
                #expect(try await wire.frame() == .close(ending.rawValue))
                try await wire.send(.close(ending.rawValue))
                #expect(try await wire.frame() == nil)
            }
        }
    }

    @Test("lets its route finish the last message before the peer's end cancels it")
    func lastMessage() async throws {
        let (log, events) = AsyncStream<String>.makeStream()
        let serve: @Sendable (WebSocket) async throws -> Void = { socket in
            for await text in socket.messages {
                for _ in 0..<100 { await Task.yield() }
                events.yield("\(text), cancelled: \(Task.isCancelled)")
            }
            await untilCancelled()
            events.yield("cancelled")
            events.finish()
        }
        try await WebSocketTestServer.with(serve: serve) { server in
            try await WebSocketWire.withSocket(server) { wire in
                let text = WebSocketWire.bytes(1, Array("pause".utf8))
                try await wire.send(text + WebSocketWire.bytes(8, WebSocketWire.Frame.close(1000).payload))
                #expect(await log.reduce(into: []) { $0.append($1) } == ["pause, cancelled: false", "cancelled"])
            }
        }
    }

    @Test("sends 1001 at shutdown, and the server stops though the route would go on for ever")
    func shutdown() async throws {
        let serve: @Sendable (WebSocket) async throws -> Void = { socket in
            try await socket.send(ByteBuffer(string: "hello"))
            await untilCancelled()
        }
        try await WebSocketTestServer.with(serve: serve) { server in
            try await WebSocketWire.withSocket(server) { wire in
                let hello = try await wire.frame()
                await server.stop()
                let goodbye = try await wire.frame()
                #expect([hello, goodbye] == [.text("hello"), .close(1001)])
            }
        }
    }

    @Test("outlives the idle timeout of ordinary connections")
    func idle() async throws {
        try await WebSocketTestServer.with(idleTimeout: .milliseconds(1_500)) { server in
            try await WebSocketWire.withSocket(server) { wire in
                for _ in 0..<2 {
                    try await WebSocketWire.with(server) { ordinary in
                        let nothing = try await ordinary.rest()
                        #expect(nothing.isEmpty)
                    }
                }
                try await wire.send(.text("still here"))
                #expect(try await wire.frame() == .text("still here"))
            }
        }
    }

    @Test("holds its route back while the peer does not read, and gives up a peer that never does")
    func deafPeer() async throws {
        var timing = WebSocketTiming()
        timing.ping = .milliseconds(50)
        timing.silence = .milliseconds(500)
        timing.linger = .milliseconds(100)
        let sent = Mutex(0)
        let (ends, end) = AsyncStream<Void>.makeStream()
        let serve: @Sendable (WebSocket) async throws -> Void = { socket in
            defer { end.finish() }
            let text = ByteBuffer(string: String(repeating: "x", count: 65_536))
            while true {
                try await socket.send(text)
                sent.withLock { $0 += text.readableBytes }
            }
        }
        try await WebSocketTestServer.with(timing: timing, serve: serve) { server in
            try await WebSocketWire.withSocket(server) { _ in
                for await _ in ends {}
            }
        }
        #expect(sent.withLock { $0 } < 64 << 20)
    }

    @Test("has a place in the census for as long as it is open")
    func census() async throws {
        let census = SocketCensus(limit: 10, limitPerAddress: 1)
        try await WebSocketTestServer.with(census: census) { server in
            try await WebSocketWire.withSocket(server) { wire in
                #expect(census.count == 1)
                try await WebSocketWire.with(server) { second in
                    try await second.request("/socket", WebSocketWire.handshake)
                    #expect(try await second.head().hasPrefix("HTTP/1.1 503 "))
                }
                #expect(census.count == 1)
            }
        }
        #expect(census.count == 0)
    }
}

private func untilCancelled() async {
    for await _ in AsyncStream(Void.self, { _ in }) {}
}

extension WebSocketTests {
    enum Ending: UInt16, CaseIterable {
        case returns = 1000
        case throwsCode = 4001
        case fails = 1011
    }

    struct Violation: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16

        init(_ name: String, _ bytes: [UInt8], _ code: UInt16) {
            (testDescription, self.bytes, self.code) = (name, bytes, code)
        }

        private static let large = [UInt8](repeating: 0x78, count: 40_000)
        static let all = [
            Violation("unmasked", [0x81, 0x01, 0x78], 1002),
            Violation("reserved bit", WebSocketWire.bytes(1, [0x78], first: 0xC0), 1002),
            Violation("reserved opcode", WebSocketWire.bytes(3, []), 1002),
            Violation("reserved control opcode", WebSocketWire.bytes(11, []), 1002),
            Violation("long ping", WebSocketWire.bytes(9, [UInt8](repeating: 0, count: 126)), 1002),
            Violation("fragmented ping", WebSocketWire.bytes(9, [], first: 0), 1002),
            Violation("continuation of nothing", WebSocketWire.bytes(0, [0x78]), 1002),
            Violation("message in a message", WebSocketWire.bytes(1, [], first: 0) + WebSocketWire.bytes(1, []), 1002),
            Violation("close of one byte", WebSocketWire.bytes(8, [3]), 1002),
            Violation("close with 999", WebSocketWire.bytes(8, [3, 0xE7]), 1002),
            Violation("close with 1005", WebSocketWire.bytes(8, [3, 0xED]), 1002),
            Violation("close with 2000", WebSocketWire.bytes(8, [7, 0xD0]), 1002),
            Violation("malformed text", WebSocketWire.bytes(1, [0xC3, 0x28]), 1007),
            Violation("malformed reason", WebSocketWire.bytes(8, [3, 0xE8, 0xFF]), 1007),
            Violation("large frame", WebSocketWire.bytes(1, large + large), 1009),
            Violation("large length", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009),
            Violation(
                "large message", WebSocketWire.bytes(1, large, first: 0) + WebSocketWire.bytes(0, large), 1009),
        ]
    }
}
