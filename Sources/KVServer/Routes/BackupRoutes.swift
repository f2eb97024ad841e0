import Hummingbird
import KVAPI
import KVBackup
import KVHTTP
import KVModel
import KVWorkspace

/// Backups of the data folder.
struct BackupRoutes {
    let resources: WorkspaceResources

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/backups", requires: .manageBackups, use: list)
        router.post("/api/backups", requires: .manageBackups, use: create)
        router.get("/api/backups/:backup", requires: .manageBackups, use: backup)
        router.post("/api/backups/:backup/verify", requires: .manageBackups, use: verify)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let all = try await context.workspace(resources).backups()
        return try .json(.ok, API.BackupList(backups: all.map { API.Backup($0) }))
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let backup = try await context.workspace(resources).createBackup()
        return try .json(.accepted, API.Backup(backup), headers: [.location: "/api/backups/\(backup.name)"])
    }

    /// With `wait` it answers when nothing is done to the backup any more, or after `wait` seconds.
    @Sendable private func backup(_ request: Request, _ context: AppContext) async throws -> Response {
        let name = try context.part("backup")
        let wait = try Query(request).wait()
        let workspace = context.workspace(resources)
        guard wait > 0 else { return try await .json(.ok, API.Backup(workspace.backup(name, waiting: 0))) }
        let backup = try await context.whileConnected { try await workspace.backup(name, waiting: wait) }
        return try .json(.ok, API.Backup(backup))
    }

    @Sendable private func verify(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .json(.accepted, API.Backup(context.workspace(resources).checkBackup(context.part("backup"))))
    }
}
