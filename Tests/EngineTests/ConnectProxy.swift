import NIOCore
import NIOPosix

/// A proxy on this machine that opens tunnels to one port of it, whatever host is asked for.
final class ConnectProxy: Sendable {
    private let channel: any Channel

    init(to port: Int) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Tunnel(to: port))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    var address: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }
}

/// Answers a CONNECT request, and then passes bytes on in both directions.
private final class Tunnel: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let port: Int
    private var head = ""
    private var far: (any Channel)?

    init(to port: Int) {
        self.port = port
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let far {
            far.writeAndFlush(bytes, promise: nil)
            return
        }
        head += String(buffer: bytes)
        guard head.hasSuffix("\r\n\r\n") else { return }
        let near = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WayBack(to: near))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenSuccess { channel in
                bound.value.far = channel
                near.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        far?.close(promise: nil)
    }
}

private final class WayBack: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let near: any Channel

    init(to near: any Channel) {
        self.near = near
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        near.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        near.close(promise: nil)
    }
}
