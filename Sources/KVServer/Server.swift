package import Hummingbird
package import KVHTTP
import KVJobs
package import KVModel
package import KVWorkspace
package import Logging

/// The HTTP side of the program: everything that is needed to answer.
package struct Server: Sendable {
    let resources: WorkspaceResources
    private let hosts: AllowedHosts
    private let base: BasePath
    private let version: String
    private let gateway: GatewayConditions
    private let gatewayTokens: CurrentGatewayTokens
    private let metrics = PrometheusRegistry()
    private let traffic: Traffic
    private let sockets = SocketCensus()
    private let bodies: BodyStorage
    private let log: @Sendable () -> [LogLine]
    private let clock: WallClock

    package init(
        resources: WorkspaceResources, hosts: AllowedHosts, base: BasePath = .root, version: String,
        gateway: GatewayOptions = GatewayOptions(), memoryBudget: MemoryBudget = MemoryBudget(),
        log: @escaping @Sendable () -> [LogLine] = { [] },
        clock: WallClock
    ) {
        self.resources = resources
        self.hosts = hosts
        self.base = base
        self.version = version
        self.gateway = GatewayConditions(gateway, clock: clock)
        gatewayTokens = CurrentGatewayTokens(gateway.tokens)
        bodies = BodyStorage(
            budget: memoryBudget, newPath: { resources.files.temporary() },
            freeBytes: { resources.files.freeBytes() })
        self.log = log
        self.clock = clock
        traffic = Traffic(metrics: metrics, clock: clock)
        ProcessFigures.begin()
    }

    /// Replaces the hosts and tokens that were accepted so far.
    package func replace(allowedHosts: [AllowedHost], gatewayTokens: GatewayTokens) {
        hosts.replace(by: allowedHosts)
        self.gatewayTokens.replace(by: gatewayTokens)
    }

    /// All routes of a listener.
    ///
    /// - Parameter isSecure: Whether requests come over TLS.
    func routes(_ authenticator: Authenticator, isSecure: Bool) -> RouteTable<AppContext> {
        let router = RouteTable<AppContext>(below: base)
        router.add(
            middleware: ServerMiddleware(
                hosts: hosts, isSecure: isSecure, authenticator: authenticator, traffic: traffic, bodies: bodies))
        StoreRoutes(resources: resources, bodies: bodies).add(to: router)
        KeyRoutes(resources: resources, bodies: bodies).add(to: router)
        EntryRoutes(resources: resources, bodies: bodies, clock: clock).add(to: router)
        ValueRoutes(resources: resources, bodies: bodies, clock: clock).add(to: router)
        JobRoutes(resources: resources, clock: clock).add(to: router)
        KeyListRoutes(resources: resources).add(to: router)
        TransferRoutes(resources: resources).add(to: router)
        AuditRoutes(resources: resources, clock: clock).add(to: router)
        BackupRoutes(resources: resources).add(to: router)
        ProgressRoute(resources: resources, census: sockets).add(to: router)
        WatchRoutes(
            resources: resources, traffic: traffic, metrics: metrics, sockets: sockets, gateway: gateway,
            version: version, log: log, clock: clock
        ).add(to: router)
        SystemRoutes(resources: resources, version: version).add(to: router)
        WebRoutes(below: base).add(to: router)
        GatewayUsageRoutes(conditions: gateway).add(to: router)
        addGateway(to: router, authenticator)
        return router
    }

    /// Call it last, since middleware applies to the routes that are added after it.
    private func addGateway(to router: RouteTable<AppContext>, _ authenticator: Authenticator) {
        router.add(middleware: GatewayMiddleware(authenticator: authenticator, conditions: gateway))
        GatewayAccountRoutes(resources: resources).add(to: router)
        GatewayNamespaceRoutes(resources: resources, bodies: bodies).add(to: router)
        GatewayKeyRoutes(resources: resources, bodies: bodies).add(to: router)
        GatewayValueRoutes(resources: resources, bodies: bodies, clock: clock).add(to: router)
        GatewayBulkRoutes(resources: resources, bodies: bodies, clock: clock).add(to: router)
        GatewayBulkGetRoute(resources: resources, bodies: bodies).add(to: router)
    }

    /// - Parameters:
    ///   - commandKey: Only requests that present this key are served; nil for all.
    ///   - ready: Called once with the port when the server listens.
    package func application(
        at listener: Listener, commandKey: String? = nil, logger: Logger,
        ready: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let authenticator = Authenticator(
            commandKey: commandKey.map { CommandKey($0) }, gatewayTokens: gatewayTokens)
        return listener.application(
            serving: routes(authenticator, isSecure: listener.certificate != nil), refusals: refusals, logger: logger,
            ready: ready)
    }

    private var refusals: Refusals {
        Refusals { [traffic] error in
            let problem = KVError(refusing: error)
            traffic.begin()
            traffic.end(
                Traffic.Ending(method: "other", status: problem.code.status.code), of: nil, after: .zero,
                isWaiting: true)
            let id = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return problem.refusal(requestID: id)
        }
    }
}
