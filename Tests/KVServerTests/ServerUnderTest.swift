import Foundation
import KVBackup
import KVJobs
import KVLedger
import KVModel
import KVWorkspace
import Logging
import SQLiteLedger
import TestSupport

@testable import KVHTTP
@testable import KVServer

/// Calls `body` with a server that does not listen, has no stores, and keeps its ledger in a folder of its own.
func withServer(_ body: (Server) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "server-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kinds = JobKinds([])
    let ledger = try SQLiteLedger(path: "\(folder)/ledger.sqlite", works: kinds)
    let jobs = Jobs(
        stores: Stores([]), kinds: kinds, ledger: ledger, annotations: ledger,
        files: try JobFiles(folder: "\(folder)/files"), logger: .quiet, clock: .at(0))
    let backups = Backups(
        folder: BackupFolder(path: "\(folder)/backups"), contents: DataContents(resting: folder), version: "test",
        logger: .quiet)
    try await body(
        Server(
            resources: WorkspaceResources(
                stores: Stores([]), jobs: jobs, ledger: ledger, backups: backups, logger: .quiet, clock: .at(0)),
            hosts: AllowedHosts(), version: "test", clock: .system))
    try ledger.close()
}

extension Server {
    /// All routes of a listener on which every caller is this principal.
    func routes(of caller: Principal) -> RouteTable<AppContext> {
        let tokens = CurrentGatewayTokens(GatewayTokens([]))
        return routes(Authenticator(caller: caller, gatewayTokens: tokens), isSecure: false)
    }
}

extension Logger {
    /// It has the id of a request, as the logger of a request has.
    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        logger[metadataKey: "hb.request.id"] = "1"
        return logger
    }
}
