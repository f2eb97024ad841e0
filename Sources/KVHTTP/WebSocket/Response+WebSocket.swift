import Crypto
import Foundation
package import HTTPTypes
package import Hummingbird
package import KVModel
import Logging
import NIOCore

extension Response {
    /// The 101 answer that makes `request` a WebSocket, which lives as long as `serve` runs.
    ///
    /// `serve` is cancelled when the socket closes from the other side, at shutdown too, but not before it is done with
    /// the message that it took last. When it returns, the socket closes with code 1000; when it throws a
    /// ``WebSocketClose``, with that code; any other error is logged and closes with 1011.
    ///
    /// The connection needs an ``UpgradeHandler``. The socket is in the census until the end of `serve`.
    ///
    /// Throws `upgrade_required` (to be answered with ``HTTPFields/webSocketUpgrade``) when the request is no WebSocket
    /// handshake, `invalid_request` when it is a malformed one, `too_many_sockets` when the census has no place.
    package static func webSocket(
        _ request: Request, _ context: some ConnectionContext, census: SocketCensus,
        serve: @escaping @Sendable (WebSocket) async throws -> Void
    ) throws(KVError) -> Response {
        let headers: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: try request.webSocketAccept(),
        ]
        let slot = try census.slot(for: context.channel.remoteAddress?.ipAddress ?? "local")
        let (messages, eventLoop, logger) = (request.body, context.channel.eventLoop, context.logger)
        return Response(
            status: .switchingProtocols, headers: headers,
            body: ResponseBody { writer in
                defer { withExtendedLifetime(slot) {} }
                await WebSocket.run(reading: messages, writing: &writer, on: eventLoop) { socket in
                    do {
                        try await serve(socket)
                        return .normal
                    } catch let close as WebSocketClose {
                        return close
                    } catch is CancellationError {
                        return .goingAway
                    } catch {
                        logger.error("A socket's route failed", metadata: ["error": "\(error)"])
                        return .internalError
                    }
                }
            })
    }
}

extension HTTPFields {
    /// What a 426 answer tells the client to ask for.
    package static let webSocketUpgrade: HTTPFields = [
        .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
    ]
}

extension Request {
    fileprivate func webSocketAccept() throws(KVError) -> String {
        guard head.asksForWebSocket, headers[.secWebSocketVersion] == "13" else {
            throw KVError(.upgradeRequired, "This address speaks WebSocket, version 13; ask for an upgrade.")
        }
        guard let key = headers[.secWebSocketKey], Data(base64Encoded: key)?.count == 16 else {
            throw KVError(.invalidRequest, "Sec-WebSocket-Key has to be 16 bytes in base64.")
        }
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
