package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle

/// An address at which a server listens, and the limits of its connections.
package struct Listener: Sendable {
    /// A connection on which nothing arrives for this time is closed, between requests or within one.
    private static let idleTimeout = TimeAmount.seconds(60)

    package var host: String
    /// 0 for any that is free.
    package var port: Int
    /// Nil for plain HTTP.
    package var certificate: TLSCertificate?
    /// Further connections wait until one of these has ended.
    package var connectionLimits = ConnectionCensus.Limits(connections: 12_000)
    package var timing = ConnectionTiming()

    package init(host: String, port: Int, certificate: TLSCertificate? = nil) {
        self.host = host
        self.port = port
        self.certificate = certificate
    }

    /// Returns the application that listens.
    ///
    /// - Parameters:
    ///   - refusals: Answers requests that never reach a route.
    ///   - services: Run beside the server and end with it.
    ///   - ready: Called once with the port when the server listens.
    package func application<Context: RoutedContext>(
        serving routes: RouteTable<Context>, refusals: Refusals, services: [any Service] = [], logger: Logger,
        ready: @escaping @Sendable (Int) async -> Void
    ) -> Application<RouteResponder<Context>> {
        let census = ConnectionCensus(connectionLimits)
        return Application(
            router: routes,
            server: HTTPServerBuilder { responder in
                let configuration = HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        UpgradeHandler(), ConnectionGuard(timing: timing, census: census, refusals: refusals),
                    ], idleTimeout: Self.idleTimeout)
                let plain = HTTP1Channel(responder: responder, configuration: configuration)
                guard let certificate else { return PinnedConnections(base: plain, census: census) }
                return PinnedConnections(
                    base: SecureConnections(base: plain, certificate: certificate), census: census)
            },
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(connectionLimits.connections)),
            services: services,
            onServerRunning: { [port] channel in
                await Self.pauseAccepting(on: channel, logger: logger)
                await ready(channel.localAddress?.port ?? port)
            },
            logger: logger)
    }

    private static func pauseAccepting(on channel: any Channel, logger: Logger) async {
        do {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger), position: .first)
            }.get()
        } catch {
            logger.error("The listening socket is not watched for errors", metadata: ["cause": "\(error)"])
        }
    }
}
