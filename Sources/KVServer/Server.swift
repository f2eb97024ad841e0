package import Hummingbird
import HummingbirdCore
package import KVBackup
package import KVJobs
package import KVModel
package import Logging
import NIOCore
import NIOHTTP1

/// The HTTP side of the program: everything that is needed to answer.
package struct Server: Sendable {
    /// A connection on which nothing arrives for so long is closed, be it between requests or within one.
    private static let idleTimeout = TimeAmount.seconds(60)
    private static let maximumConnections = 12_000

    private let stores: Stores
    private let jobs: Jobs
    private let audit: AuditLog
    private let backups: Backups
    private let hosts: AllowedHosts
    private let version: String
    private let gateway: GatewayConditions
    /// Without it in its header, a request is refused; nil: all may come.
    private let commandKey: String?
    private let traffic: Traffic
    private let log: @Sendable () -> [LogLine]
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64

    package init(
        stores: Stores, jobs: Jobs, audit: AuditLog, backups: Backups, hosts: AllowedHosts, version: String,
        gateway: GatewayOptions = GatewayOptions(), commandKey: String? = nil,
        log: @escaping @Sendable () -> [LogLine] = { [] },
        now: @escaping @Sendable () -> Int64
    ) {
        self.stores = stores
        self.jobs = jobs
        self.audit = audit
        self.backups = backups
        self.hosts = hosts
        self.version = version
        self.gateway = GatewayConditions(gateway, now: now)
        self.commandKey = commandKey
        self.log = log
        self.now = now
        traffic = Traffic(now: now)
        ProcessFigures.begin()
    }

    private func router() -> RouteTable {
        let router = RouteTable()
        router.add(middleware: Front(hosts: hosts, commandKey: commandKey, audit: audit, traffic: traffic))
        let seconds: @Sendable () -> Int64 = { [now] in now() / 1_000 }
        StoreRoutes(stores: stores, jobs: jobs).add(to: router)
        KeyRoutes(stores: stores, tags: jobs.tags).add(to: router)
        EntryRoutes(stores: stores, tags: jobs.tags, now: seconds).add(to: router)
        ValueRoutes(stores: stores, now: seconds).add(to: router)
        JobRoutes(jobs: jobs, now: seconds).add(to: router)
        KeyListRoutes(jobs: jobs).add(to: router)
        TransferRoutes(stores: stores, jobs: jobs).add(to: router)
        AuditRoutes(audit: audit, now: now).add(to: router)
        BackupRoutes(backups: backups).add(to: router)
        let sockets = SocketCensus()
        ProgressRoute(jobs: jobs, census: sockets).add(to: router)
        WatchRoutes(stores: stores, jobs: jobs, traffic: traffic, sockets: sockets, version: version, log: log)
            .add(to: router)
        SystemRoutes(stores: stores, jobs: jobs, version: version).add(to: router)
        WebRoutes().add(to: router)
        GatewayUsageRoutes(conditions: gateway).add(to: router)
        addGateway(to: router, seconds: seconds)
        return router
    }

    /// Last, since what passes the gateway's door is what is added behind it.
    private func addGateway(to router: RouteTable, seconds: @escaping @Sendable () -> Int64) {
        router.add(middleware: GatewayDoor(conditions: gateway))
        GatewayAccountRoutes(stores: stores).add(to: router)
        GatewayNamespaceRoutes(stores: stores, jobs: jobs).add(to: router)
        GatewayKeyRoutes(stores: stores).add(to: router)
        GatewayValueRoutes(stores: stores, files: jobs.files, now: seconds).add(to: router)
        GatewayBulkRoutes(stores: stores, files: jobs.files, now: seconds).add(to: router)
        GatewayBulkGetRoute(stores: stores).add(to: router)
    }

    /// - Parameter ready: called once with the port when the program listens.
    package func application(
        host: String, port: Int, logger: Logger, ready: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            router: router(),
            server: HTTPServerBuilder { responder in
                let configuration = HTTP1Channel.Configuration(
                    additionalChannelHandlers: [UpgradeHandler(), ConnectionGuard()], idleTimeout: Self.idleTimeout)
                return PinnedConnections(base: HTTP1Channel(responder: responder, configuration: configuration))
            },
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections)),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? port) },
            logger: logger)
    }
}
