import CloudflareEngine
import Foundation
import Hummingbird
import KVBackup
import KVJobs
import KVModel
import KVServer
import Logging
import NIOCore
import SQLiteEngine
import ServiceLifecycle
import UnixSignals

/// The program put together: the only place that names concrete engines.
struct App {
    private let settings: Settings
    private let logger: Logger
    private let dataFolder: DataFolder
    private let services: [any Service]
    private let server: Server
    private let jobs: Jobs

    /// - Parameter commandKey: Where it is there to serve one command alone, what that one names with each request.
    init(_ settings: Settings, in dataFolder: DataFolder, commandKey: String? = nil) async throws {
        self.settings = settings
        self.dataFolder = dataFolder
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
        let book = LogBook(settings.logForm, now: now)
        let logger = Logger(label: "kv-manager") { _ in ProgramLog(book, logLevel: settings.logLevel) }
        self.logger = logger

        let ledger = try Ledger(path: "\(dataFolder.path)/ledger.sqlite")
        let tags = try TagBook(ledger)
        let audit = AuditLog(ledger: ledger, logger: logger, now: now)
        var stores: [Store] = []
        var remotes: [CloudflareEngine] = []
        var services: [any Service] = []
        var databases: [DataContents.Database] = []
        for store in settings.stores {
            var engine: any KeyValueEngine
            switch store.connection {
            case .sqlite:
                let path = "stores/\(store.name).sqlite"
                _ = try dataFolder.folder("stores")
                let file = try SQLiteEngine(path: "\(dataFolder.path)/\(path)", now: now)
                databases.append(.init(path: path, hold: file.hold))
                services.append(Sweeper(file, logger: logger))
                engine = file
            case .cloudflare(let account):
                let remote = CloudflareEngine(account, beside: remotes, now: now)
                remotes.append(remote)
                engine = remote
            }
            engine = TaggedEngine(engine, storeNamed: store.name, tags: tags)
            if store.isProtected { engine = ProtectedEngine(engine, storeNamed: store.name) }
            engine = AuditedEngine(engine, storeNamed: store.name, log: audit)
            stores.append(
                Store(
                    name: store.name, label: store.label ?? store.name, engine: engine, isProtected: store.isProtected))
        }

        jobs = Jobs(
            stores: Stores(stores), ledger: ledger, tags: tags,
            files: try JobFiles(folder: dataFolder.folder("jobs")), logger: logger, now: now)
        try await jobs.prepare()
        // The ledger last: what it says of stores has happened there.
        databases.append(.init(path: "ledger.sqlite", hold: ledger.hold))
        let backups = Backups(
            folder: BackupFolder(path: settings.backups),
            contents: DataContents(folder: dataFolder.path, databases: databases), version: Version.current,
            logger: logger)
        services.append(backups)
        server = Server(
            stores: Stores(stores), jobs: jobs, audit: audit, backups: backups,
            hosts: AllowedHosts(settings.allowedHosts + [settings.host]), version: Version.current,
            gateway: settings.gateway, commandKey: commandKey, log: { book.lines }, now: now)
        self.services = services
    }

    /// Serves until SIGTERM or SIGINT: then no new connections, jobs stop behind the batch at hand, sockets close.
    func serve() async throws {
        try await run { [dataFolder] address in
            dataFolder.announce(address)
            print("KV Manager is ready at \(address)")
            fflush(nil)
        }
    }

    /// Serves for as long as `work` takes, which is told the address. Once the program is told to end, `work` is cancelled.
    func serve<Result: Sendable>(for work: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let errand = Errand {
            guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
            return try await work(address)
        }
        try await run(beside: errand) { ready.yield($0) }
        return try errand.outcome()
    }

    private func run(beside errand: (any Service)? = nil, ready: @escaping @Sendable (String) -> Void) async throws {
        let application = server.application(host: settings.host, port: settings.port, logger: logger) { port in
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            let address = "http://\(host):\(port)"
            ready(address)
        }
        // The last one started is the first one told to end.
        var configuration = ServiceGroupConfiguration(
            services: services + [jobs, application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        if let errand {
            configuration.services.append(
                .init(
                    service: errand, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        }
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw KVError(
                .storeUnavailable,
                "The port \(settings.port) on \(settings.host) is in use by another program; choose another with --port."
            )
        } catch let error as IOError {
            throw KVError(
                .storeUnavailable, "\(settings.host):\(settings.port) cannot be listened on.", cause: "\(error)")
        }
    }
}
