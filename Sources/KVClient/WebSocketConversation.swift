import Foundation
package import KVAPI
import KVProxy
import KVTLS
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The messages of a server over a WebSocket, from the handshake to the close.
package struct WebSocketConversation: Sendable {
    /// In the order in which they came.
    package var messages: [API.ProgressMessage] = []
    /// The code of the server's close; nil when the connection just ended.
    package var closeCode: Int?

    /// A message to send in reply to one of the server.
    package struct Reply: Sendable {
        var message: API.WatcherMessage
        /// How long it is held back.
        var delay: Duration

        package init(_ message: API.WatcherMessage, after delay: Duration) {
            self.message = message
            self.delay = delay
        }
    }
}

extension APIClient {
    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private enum Handshake: Sendable {
        case open(Frames)
        /// The server answered something else.
        case refused
    }

    private static let longestFrame = 1 << 20

    /// Listens at a path until the server closes. Throws `ClientError` when no WebSocket comes about, or it says what is no JSON.
    ///
    /// - Parameters:
    ///   - seconds: After these the connection is closed, and the conversation has no close code.
    ///   - reply: Called with each message, in the order in which they came.
    package func listen(
        at path: String, within seconds: Int64,
        replying reply: @escaping @Sendable (API.ProgressMessage) -> WebSocketConversation.Reply? = { _ in nil }
    ) async throws -> WebSocketConversation {
        let target = try WebSocketTarget(address, path)
        let (channel, handshake) = try await connect(target)
        // Whatever is waited for, the handshake too, ends with the connection.
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(seconds)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        return try await withTaskCancellationHandler {
            let answer: Handshake
            do {
                answer = try await handshake.get()
            } catch {
                try Task.checkCancellation()
                throw ClientError(.unreachable, "\(address) does not answer where a WebSocket is asked for.")
            }
            guard case .open(let frames) = answer else {
                channel.close(promise: nil)
                throw ClientError(
                    .notUpgraded,
                    "\(address) answers, but not with a WebSocket; does a proxy between here and there let Upgrade through?"
                )
            }
            let conversation = try await Self.converse(over: frames) { message in
                guard let reply = reply(message) else { return }
                let frame = WebSocketFrame(
                    fin: true, opcode: .text, maskKey: .random(),
                    data: ByteBuffer(bytes: try JSONEncoder().encode(reply.message)))
                // It fails where the connection has ended meanwhile, which the conversation shows.
                channel.eventLoop.scheduleTask(in: TimeAmount(reply.delay)) {
                    channel.writeAndFlush(frame, promise: nil)
                }
            }
            try Task.checkCancellation()
            return conversation
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func connect(_ target: WebSocketTarget) async throws -> (any Channel, EventLoopFuture<Handshake>) {
        let prepare: @Sendable (any Channel) throws -> EventLoopFuture<Handshake> = { [tls, headers] channel in
            if target.isSecure {
                let context = try NIOSSLContext(configuration: tls)
                let isAddress = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
                try channel.pipeline.syncOperations.addHandler(
                    ServiceIdentity(host: target.host).handler(context, serverHostname: isAddress ? nil : target.host))
            }
            return try Self.prepare(channel, target, headers)
        }
        do {
            if let proxy {
                let channel = try await proxy.connect(to: target.host, port: target.port, within: .seconds(10))
                return (channel, try await channel.eventLoop.submit { try prepare(channel) }.get())
            }
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(10))
                .connect(host: target.host, port: target.port) { channel in
                    channel.eventLoop.makeCompletedFuture { (channel, try prepare(channel)) }
                }
        } catch {
            if let reason = proxy?.explanation(of: error, server: target.host) {
                throw ClientError(.unreachable, reason)
            }
            throw ClientError(.unreachable, "\(address) cannot be reached for a WebSocket: \(error).")
        }
    }

    private static func prepare(
        _ channel: any Channel, _ target: WebSocketTarget, _ headers: HTTPHeaders
    ) throws -> EventLoopFuture<Handshake> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Handshake>(maxFrameSize: longestFrame) { channel, _ in
            channel.eventLoop.makeCompletedFuture { .open(try Frames(wrappingChannelSynchronously: channel)) }
        }
        var head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: target.uri,
            headers: ["Host": target.authority, "Content-Length": "0"])
        head.headers.add(contentsOf: headers)
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) {
            channel in
            channel.eventLoop.makeSucceededFuture(.refused)
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // What the server says at once may come together with its consent.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    private static func converse(
        over frames: Frames, _ hear: (API.ProgressMessage) throws -> Void
    ) async throws -> WebSocketConversation {
        try await frames.executeThenClose { inbound, outbound in
            var conversation = WebSocketConversation()
            for try await frame in inbound {
                var data = frame.unmaskedData
                switch frame.opcode {
                case .text:
                    let bytes = Data(data.readableBytesView)
                    guard let message = try? JSONDecoder().decode(API.ProgressMessage.self, from: bytes) else {
                        throw ClientError(.notUnderstood, "A message over the WebSocket is not one of KV Manager's.")
                    }
                    conversation.messages.append(message)
                    try hear(message)
                case .ping:
                    try await outbound.write(
                        WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: data))
                case .connectionClose:
                    conversation.closeCode = data.readInteger(as: UInt16.self).map(Int.init)
                    try await outbound.write(
                        WebSocketFrame(
                            fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData))
                    return conversation
                default: break
                }
            }
            return conversation
        }
    }
}

/// Where a WebSocket is asked for.
private struct WebSocketTarget {
    var host: String
    var port: Int
    var isSecure: Bool
    var uri: String
    var authority: String

    init(_ address: String, _ path: String) throws(ClientError) {
        guard let url = URL(string: address), let host = url.host() else {
            throw ClientError(.noAddress, "That is no address of a server.")
        }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        isSecure = url.scheme == "https"
        port = url.port ?? (isSecure ? 443 : 80)
        uri = url.path(percentEncoded: true) + path
        authority = url.port.map { "\(host):\($0)" } ?? host
    }
}
