import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Waits for the answer of a proxy to a CONNECT request, and removes itself from the connection.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart

    private static let names = (encoder: "proxy encoder", decoder: "proxy decoder", tunnel: "proxy tunnel")

    private let answered: EventLoopPromise<Void>

    private init(_ answered: EventLoopPromise<Void>) {
        self.answered = answered
    }

    /// Sends the request and returns when the proxy has accepted it. Otherwise closes the connection and throws an
    /// `HTTPClientError`.
    static func open(by head: HTTPRequestHead, on channel: any Channel, within time: TimeAmount) async throws {
        let answered = channel.eventLoop.makePromise(of: Void.self)
        let deadline = channel.eventLoop.scheduleTask(in: time) {
            answered.fail(HTTPClientError.httpProxyHandshakeTimeout)
        }
        do {
            try await channel.eventLoop.submit {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(HTTPRequestEncoder(), name: names.encoder)
                let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)
                try pipeline.addHandler(ByteToMessageHandler(decoder), name: names.decoder)
                try pipeline.addHandler(ProxyTunnel(answered), name: names.tunnel)
                pipeline.write(NIOAny(HTTPClientRequestPart.head(head)), promise: nil)
                pipeline.writeAndFlush(NIOAny(HTTPClientRequestPart.end(nil)), promise: nil)
            }.get()
            try await answered.futureResult.get()
            deadline.cancel()
            for name in [names.tunnel, names.decoder, names.encoder] {
                try await channel.pipeline.removeHandler(name: name).get()
            }
        } catch {
            deadline.cancel()
            channel.close(promise: nil)
            throw error
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where head.status.code == 407: answered.fail(HTTPClientError.proxyAuthenticationRequired)
        case .head(let head) where (200..<300).contains(head.status.code): break
        case .head, .body: answered.fail(HTTPClientError.invalidProxyResponse)
        case .end: answered.succeed()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answered.fail(HTTPClientError.invalidProxyResponse)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answered.fail(HTTPClientError.invalidProxyResponse)
        context.fireChannelInactive()
    }
}
