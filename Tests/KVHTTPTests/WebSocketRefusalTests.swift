import Testing

@testable import KVHTTP

@Suite("A request to upgrade that is not granted", .timeLimit(.minutes(1)))
struct WebSocketRefusalTests {
    @Test(
        "gets an ordinary answer, and its connection ends",
        arguments: [
            ("/nothing", [:], "404"),
            ("/hello", [:], "200"),
            ("/hello", ["Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings"], "200"),
            ("/hello", ["Upgrade": "unheard-of/7", "Connection": "Upgrade"], "200"),
            ("/socket", ["Upgrade": "h2c"], "426"),
            ("/socket", ["Connection": "keep-alive"], "426"),
            ("/socket", ["Sec-WebSocket-Version": "8"], "426"),
            ("/socket", ["Sec-WebSocket-Key": "c2hvcnQ="], "400"),
        ]
    )
    func refused(path: String, fields: [String: String], status: String) async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                try await wire.request(path, WebSocketWire.handshake.merging(fields) { $1 })
                let head = try await wire.head()
                #expect(head.hasPrefix("HTTP/1.1 \(status) "))
                #expect(head.lowercased().contains("connection: close\r\n"))
                _ = try await wire.rest()
            }
        }
    }

    @Test("says which protocol and version to ask for, on a connection that lives on when none was asked for")
    func upgradeRequired() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                for _ in 0..<2 {
                    try await wire.request("/socket", [:])
                    let head = try await wire.head().lowercased()
                    #expect(head.hasPrefix("http/1.1 426 "))
                    #expect(head.contains("upgrade: websocket\r\n") && head.contains("sec-websocket-version: 13\r\n"))
                }
            }
        }
    }

    @Test("may carry a body")
    func body() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                let fields = ["Upgrade": "h2c", "Connection": "Upgrade", "Content-Length": "5"]
                try await wire.request("/length", fields, method: "POST", body: "12345")
                #expect(try await wire.rest().hasSuffix("\r\n\r\n5"))
            }
        }
    }

    @Test("does not hang the requests around it")
    func pipelined() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                let plain = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n"
                let upgrade = "GET /nothing HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                try await wire.send(Array((plain + plain + upgrade + plain).utf8))
                let statuses = try await wire.rest().split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
                #expect(statuses == ["200", "200", "404"])
            }
        }
    }

    @Test("may be a CONNECT")
    func connect() async throws {
        try await WebSocketTestServer.with { server in
            try await WebSocketWire.with(server) { wire in
                try await wire.send(Array("CONNECT test:443 HTTP/1.1\r\nHost: test:443\r\n\r\n".utf8))
                #expect(try await wire.rest().hasPrefix("HTTP/1.1 404 "))
            }
        }
    }
}
