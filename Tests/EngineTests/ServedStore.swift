import Foundation
import Hummingbird
import KVBackup
import KVHTTP
import KVJobs
import KVModel
import KVServer
import KVWorkspace
import Logging
import SQLiteLedger

/// A store behind a server of its own on a free port of this machine, for as long as this value lives.
final class ServedStore: Sendable {
    let port: Int
    private let serving: Task<Void, any Error>

    init(
        _ engine: any KeyValueEngine, folder: String, certificate: TLSCertificate? = nil,
        clock: WallClock
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let stores = Stores([Store(name: "local", label: "local", engineName: "test", engine: engine)])
        let kinds = JobKinds([])
        let ledger = try SQLiteLedger(path: "\(folder)/ledger.sqlite", works: kinds)
        let jobs = Jobs(
            stores: stores, kinds: kinds, ledger: ledger, annotations: ledger,
            files: try JobFiles(folder: "\(folder)/files"), logger: logger, clock: clock)
        let backups = Backups(
            folder: BackupFolder(path: "\(folder)/backups"), contents: DataContents(resting: folder), version: "test",
            logger: logger)
        let server = Server(
            resources: WorkspaceResources(
                stores: stores, jobs: jobs, ledger: ledger, backups: backups, logger: logger, clock: clock),
            hosts: AllowedHosts(try AllowedHost.list("kv.example.com")),
            version: "test", clock: clock
        )
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = server.application(
            at: Listener(host: "127.0.0.1", port: 0, certificate: certificate), logger: logger
        ) { port.yield($0) }
        // It ends with this value, which owns it.
        serving = Task {
            defer { port.finish() }
            try await application.run()
        }
        guard let listening = await ports.first(where: { _ in true }) else {
            _ = try await serving.value
            throw CancellationError()
        }
        self.port = listening
    }

    var url: String { "http://127.0.0.1:\(port)" }

    deinit { serving.cancel() }
}
