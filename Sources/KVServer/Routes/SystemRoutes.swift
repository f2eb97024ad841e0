import Hummingbird
import KVAPI
import KVHTTP
import KVJobs
import KVModel
import KVWorkspace

/// Whether the program lives, can work, and what it is.
struct SystemRoutes {
    let resources: WorkspaceResources
    let version: String

    func add(to router: RouteTable<AppContext>) {
        router.get("/healthz", requires: .public) { _, _ in try Response.json(.ok, API.Health(.alive)) }
        router.get("/readyz", requires: .public) { _, context in try await ready(context) }
        router.get("/api/storage", requires: .readMonitor) { _, context in try await storage(context) }
        router.get("/api/version", requires: .public) { _, _ in
            try Response.json(.ok, API.Version(name: "KV Manager", version: version))
        }
    }

    /// How much the data folder holds, by kind.
    private func storage(_ context: AppContext) async throws -> Response {
        let (bytes, free) = try await context.workspace(resources).figures(for: .readMonitor).storage()
        let kinds = StorageSurvey.Kind.allCases.map { API.StorageKind(kind: $0.rawValue, bytes: bytes[$0] ?? 0) }
        return try .json(
            .ok, API.StorageSize(bytes: bytes.values.reduce(0, +), freeBytes: free, kinds: kinds))
    }

    /// 503 with what is wrong when a store cannot be reached, or an embedded store or the ledger cannot be written.
    private func ready(_ context: AppContext) async throws -> Response {
        try await context.workspace(resources).checkReady()
        return try .json(.ok, API.Health(.ready))
    }
}
