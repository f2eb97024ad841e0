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

/// The parts of the program, put together. The only place that lists engines and kinds of jobs.
struct App {
    /// The engines that the configuration can choose from.
    static let engines: [any EngineProvider.Type] = [SQLiteProvider.self, CloudflareProvider.self]
    /// The engine of the store `local`, which exists without a configuration.
    static let embedded: any EngineProvider = SQLiteProvider()

    private let settings: Settings
    private let log: LogWriter
    private let logger: Logger
    private let dataFolder: DataFolder
    private let services: [any Service]
    private let keyListThreads: KeyListThreads
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

    /// - Parameter commandKey: If the program serves only one command, the key that the command sends with each request.
    init(_ settings: Settings, in dataFolder: DataFolder, commandKey: String? = nil) async throws {
        self.settings = settings
        self.dataFolder = dataFolder
        self.commandKey = commandKey
        let clock = WallClock.system
        let log = LogWriter(settings.logFormat, level: settings.logLevel, clock: clock)
        let logger = Logger(label: "kv-manager") { _ in ProgramLog(log) }
        self.log = log
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
        let resources = WorkspaceResources(
            stores: Stores(stores), jobs: jobs, ledger: ledger, backups: backups, logger: logger, clock: clock)
        keyListThreads = resources.keyListThreads
        server = Server(
            resources: resources,
            hosts: AllowedHosts(settings.allowedHosts, listeningAt: settings.host), base: settings.basePath,
            version: Version.current, gateway: settings.gateway,
            memoryBudget: MemoryBudget(bytes: settings.memoryBudget, reclaim: release_free_memory), log: { log.lines },
            clock: clock)
        services = opened.flatMap(\.services) + [backups, keyListThreads]
    }

    /// Serves until SIGTERM or SIGINT. Then it accepts no connections, jobs stop after the current batch, and sockets close.
    /// - Parameter settings: Reads the settings again, at SIGHUP; blocks.
    func serve(reloading settings: @escaping @Sendable () throws -> Settings) async throws {
        if dataFolder.isNew { logger.notice("Created the data folder", metadata: ["path": "\(dataFolder.path)"]) }
        let reloader = SettingsReloader(
            self.settings, read: settings, log: log, server: server, certificate: certificate,
            logger: logger)
        let signal = await ReloadSignal { await reloader.run() }
        // It returns when the program is to end.
        let beside = ServiceGroupConfiguration.ServiceConfiguration(
            service: signal, successTerminationBehavior: .gracefullyShutdownGroup)
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
            ServiceManager.notifyReady()
        }
    }

    /// Serves while `work` runs, which gets the address. When the program is to end, `work` is cancelled.
    func serve<Result: Sendable>(for work: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let command = CommandService {
            guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
            return try await work(address)
        }
        let beside = ServiceGroupConfiguration.ServiceConfiguration(
            service: command, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        try await run(beside: beside) { ready.yield($0.address) }
        return try command.outcome()
    }

    /// The listener for users and, if that one uses TLS, one for commands on this machine. Commands find the program by its data
    /// folder, and need not trust its certificate.
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
        let note: @Sendable (Int, Int) -> Void = { [settings] port, listener in
            guard let ports = ports.note(port, of: listener) else { return }
            let commands = FolderHolder.CommandAddress(
                address: "http://127.0.0.1:\(ports[0])\(settings.basePath.text)", key: key)
            ready(FolderHolder(address: settings.address(port: ports[1]), commands: commands))
        }
        return [
            server.application(at: .forCommands(), commandKey: key, logger: logger) { note($0, 0) },
            server.application(at: front, commandKey: commandKey, logger: logger) { note($0, 1) },
        ]
    }

    /// Returns a new key that commands send with each request to their own listener.
    static func newKey() -> String {
        (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
    }

    /// Closes the databases, so that a copy of the file alone has everything. The log of one that cannot be closed stays beside it.
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
        // Services end in the reverse order.
        var configuration = ServiceGroupConfiguration(
            services: [certificate].compactMap(\.self) + services + [jobs] + listeners(ready),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.services.append(service)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        keyListThreads.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup(configuration: configuration).run())
        } catch {
            outcome = .failure(error)
        }
        await closeDatabases()
        await log.finish()
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
