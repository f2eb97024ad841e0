import HTTPTypes
import Hummingbird
import KVModel
import Logging
import NIOCore
import ServiceLifecycle

@testable import KVHTTP

/// A server with one socket at `/socket`, and the ordinary routes `/hello` and `POST /length`, on a port of its own.
struct WebSocketTestServer {
    let port: Int
    private let services: ServiceGroup

    /// Starts the orderly stop, and returns at once.
    func stop() async {
        await services.triggerGracefulShutdown()
    }

    /// Runs the server while `body` runs; returns when the server has stopped.
    static func with(
        timing: WebSocketTiming = WebSocketTiming(), census: SocketCensus = SocketCensus(),
        idleTimeout: TimeAmount? = nil, serve: @escaping @Sendable (WebSocket) async throws -> Void = echo,
        _ body: @escaping @Sendable (WebSocketTestServer) async throws -> Void
    ) async throws {
        let (ports, started) = AsyncStream<Int>.makeStream()
        let app = Application(
            router: router(census: census, serve: serve),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [UpgradeHandler(timing: timing)], idleTimeout: idleTimeout)),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { started.yield($0.localAddress?.port ?? 0) },
            logger: quiet
        )
        let services = ServiceGroup(configuration: .init(services: [app], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { started.finish() }
                try await services.run()
            }
            if let port = await ports.first(where: { _ in true }) {
                try await body(WebSocketTestServer(port: port, services: services))
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    static let echo: @Sendable (WebSocket) async throws -> Void = { socket in
        for await text in socket.messages { try await socket.send(ByteBuffer(string: text)) }
    }

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func router(
        census: SocketCensus, serve: @escaping @Sendable (WebSocket) async throws -> Void
    ) -> Router<TestContext> {
        let router = Router(context: TestContext.self)
        router.add(middleware: RefusalsAsStatus())
        router.get("hello") { _, _ in "hello" }
        router.post("length") { request, _ in "\(try await request.body.collect(upTo: 1 << 20).readableBytes)" }
        router.get("socket") { request, context in
            try Response.webSocket(request, context, census: census, serve: serve)
        }
        return router
    }
}

private struct RefusalsAsStatus<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as KVError {
            switch error.code {
            case .upgradeRequired: return Response(status: .upgradeRequired, headers: .webSocketUpgrade)
            case .tooManySockets: return Response(status: .serviceUnavailable)
            default: return Response(status: .badRequest)
            }
        }
    }
}
