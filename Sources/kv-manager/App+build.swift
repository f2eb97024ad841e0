import CGlibc
import CloudflareEngine
import Foundation
import Hummingbird
import KVBackup
import KVFiles
import KVHTTP
import KVJobs
import KVModel
import KVServer
import KVWorkspace
import Logging
import NIOCore
import SQLiteEngine
import SQLiteLedger
import ServiceLifecycle
import UnixSignals

/// The program put together: the only place that names concrete engines and kinds of jobs.
struct App {
    /// The engines that the configuration can choose from.
    static let engines: [any EngineProvider.Type] = [SQLiteProvider.self, CloudflareProvider.self]
    /// The engine of the store `local`, which exists without a configuration.
    static let embedded: any EngineProvider = SQLiteProvider()

    private let settings: Settings
    private let book: LogBook
    private let logger: Logger
    private let dataFolder: DataFolder
    private let services: [any Service]
    private let server: Server
    private let jobs: Jobs
    /// Closes each database, in order. Blocks.
    private let closings: [@Sendable () throws -> Void]
    private let commandKey: String?
    private let certificate: TLSCertificate?

    /// In the order in which errors list them.
    private static let jobKinds = JobKinds([
        DeleteJob.self, CopyJob.self, MoveJob.self, RenameJob.self, ExpireJob.self, TagJob.self, ExportJob.self,
        UndoJob.self, ImportJob.self,
    ])

    /// - Parameter commandKey: Where it is there to serve one command alone, what that one names with each request.
    init(_ settings: Settings, in dataFolder: DataFolder, commandKey: String? = nil) async throws {
        self.settings = settings
        self.dataFolder = dataFolder
        self.commandKey = commandKey
        let clock = WallClock.system
        let book = LogBook(settings.logForm, level: settings.logLevel, clock: clock)
        let logger = Logger(label: "kv-manager") { _ in ProgramLog(book) }
        self.book = book
        self.logger = logger
        certificate = try settings.tls.map { try TLSCertificate($0, logger: logger) }
        for notice in settings.choices.environment.notices { logger.notice("\(notice)") }

        let ledger = try SQLiteLedger(path: "\(dataFolder.path)/ledger.sqlite", works: Self.jobKinds)
        var stores: [Store] = []
        var opened: [OpenedEngine] = []
        for store in settings.stores {
            let context = EngineContext(
                store: store.name, others: opened.map(\.engine), folder: dataFolder.folder, logger: logger,
                clock: clock)
            opened.append(try store.provider.open(context))
        }
        for (store, opened) in zip(settings.stores, opened) {
            stores.append(
                Store(
                    name: store.name, label: store.label ?? store.name, engineName: type(of: store.provider).engine,
                    engine: store.isProtected
                        ? ProtectedEngine(opened.engine, storeNamed: store.name) : opened.engine,
                    isProtected: store.isProtected))
        }

        jobs = Jobs(
            stores: Stores(stores), kinds: Self.jobKinds, ledger: ledger, annotations: ledger,
            files: try JobFiles(folder: dataFolder.folder("jobs")), logger: logger, clock: clock)
        try await jobs.prepare()
        // The ledger last: the changes to stores that it records have been made.
        let databases =
            opened.flatMap(\.databases) + [.init(path: "ledger.sqlite", hold: ledger.hold, close: ledger.close)]
        closings = databases.map(\.close)
        let backups = Backups(
            folder: BackupFolder(path: settings.backups),
            contents: DataContents(
                folder: dataFolder.path, databases: databases.map { .init(path: $0.path, hold: $0.hold) }),
            version: Version.current, logger: logger)
        server = Server(
            resources: WorkspaceResources(
                stores: Stores(stores), jobs: jobs, ledger: ledger, logger: logger, clock: clock),
            backups: backups,
            hosts: AllowedHosts(settings.allowedHosts, listeningAt: settings.host), base: settings.basePath,
            version: Version.current, gateway: settings.gateway,
            memoryBudget: MemoryBudget(bytes: settings.memoryBudget, reclaim: release_free_memory), log: { book.lines },
            clock: clock)
        services = opened.flatMap(\.services) + [backups]
    }

    /// Serves until SIGTERM or SIGINT: then no new connections, jobs stop behind the batch at hand, sockets close.
    /// - Parameter settings: Reads them anew, at SIGHUP; blocks.
    func serve(rereading settings: @escaping @Sendable () throws -> Settings) async throws {
        if dataFolder.isNew { logger.notice("Created the data folder", metadata: ["path": "\(dataFolder.path)"]) }
        let rereading = Rereading(
            self.settings, read: settings, book: book, server: server, certificate: certificate,
            logger: logger)
        let reloading = await Reloading { await rereading.run() }
        // It returns when the program is to end.
        let beside = ServiceGroupConfiguration.ServiceConfiguration(
            service: reloading, successTerminationBehavior: .gracefullyShutdownGroup)
        try await run(beside: beside) { [dataFolder, logger] holder in
            do {
                try dataFolder.announce(holder)
            } catch {
                logger.warning(
                    "Commands on the data folder cannot find this server; give them its address by --server",
                    metadata: ["error": "\(error)"])
            }
            print("KV Manager is ready at \(holder.address)")
            fflush(nil)
            ServiceManager.tellReady()
        }
    }

    /// Serves for as long as `work` takes, which is told the address. Once the program is told to end, `work` is cancelled.
    func serve<Result: Sendable>(for work: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let errand = Errand {
            guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
            return try await work(address)
        }
        let beside = ServiceGroupConfiguration.ServiceConfiguration(
            service: errand, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        try await run(beside: beside) { ready.yield($0.address) }
        return try errand.outcome()
    }

    /// What listens: for people and, where that is by TLS, for commands on this machine as well. They know this program by
    /// its data folder, and have no reason to trust the certificate.
    private func listeners(_ ready: @escaping @Sendable (FolderHolder) -> Void) -> [any Service] {
        var front = Listener(host: settings.host, port: settings.port, certificate: certificate)
        front.connectionLimits = ConnectionCensus.Limits(connections: ProcessLimits.maximumConnections)
        guard certificate != nil else {
            return [
                server.application(at: front, commandKey: commandKey, logger: logger) {
                    ready(FolderHolder(address: settings.address(port: $0)))
                }
            ]
        }
        let key = Self.newKey(), ports = Ports(count: 2)
        let note: @Sendable (Int, Int) -> Void = { [settings] port, door in
            guard let ports = ports.note(port, of: door) else { return }
            let door = FolderHolder.Door(address: "http://127.0.0.1:\(ports[0])\(settings.basePath.text)", key: key)
            ready(FolderHolder(address: settings.address(port: ports[1]), door: door))
        }
        return [
            server.application(at: .forCommands(), commandKey: key, logger: logger) { note($0, 0) },
            server.application(at: front, commandKey: commandKey, logger: logger) { note($0, 1) },
        ]
    }

    /// What a command names with each request to a door that is for it.
    static func newKey() -> String {
        (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
    }

    /// A copy of a database file alone then has everything. Where one cannot be closed, its log stays beside it.
    private func closeDatabases() async {
        for close in closings {
            do {
                try await Blocking.run { try close() }
            } catch {
                logger.warning("A database was not closed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func run(
        beside service: ServiceGroupConfiguration.ServiceConfiguration,
        ready: @escaping @Sendable (FolderHolder) -> Void
    ) async throws {
        // The last one started is the first one told to end.
        var configuration = ServiceGroupConfiguration(
            services: [certificate].compactMap(\.self) + services + [jobs] + listeners(ready),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.services.append(service)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup(configuration: configuration).run())
        } catch {
            outcome = .failure(error)
        }
        await closeDatabases()
        await book.finish()
        let source = settings.choices.sources(of: .host, .port) ?? "the default"
        let place = "port \(settings.port) on \(settings.host) (\(source))"
        do {
            try outcome.get()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw KVError(
                .storeUnavailable, "The \(place) is in use by another program. Choose another port with --port.")
        } catch let error as IOError {
            throw KVError(.storeUnavailable, "Listening on the \(place) failed.", cause: "\(error)")
        } catch let error as SocketAddressError.UnknownHost {
            throw KVError(.storeUnavailable, "Listening on the \(place) failed.", cause: "\(error)")
        }
    }
}
