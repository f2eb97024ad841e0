import Hummingbird
import KVHTTP
import KVJobs
import KVModel
import KVWorkspace

/// Whether the program lives, can work, and what it is.
struct SystemRoutes {
    let resources: WorkspaceResources
    let version: String

    func add(to router: RouteTable<AppContext>) {
        router.get("/healthz", requires: .public) { _, _ in Response.json { $0.member("status", "alive") } }
        router.get("/readyz", requires: .public) { _, context in try await ready(context) }
        router.get("/api/storage", requires: .readMonitor) { _, context in try await storage(context) }
        router.get("/api/version", requires: .public) { _, _ in
            Response.json { json in
                json.member("name", "KV Manager")
                json.member("version", version)
            }
        }
    }

    /// How much the data folder holds, by kind.
    private func storage(_ context: AppContext) async throws -> Response {
        let (bytes, free) = try await context.workspace(resources).figures(for: .readMonitor).storage()
        return .json { json in
            json.member("bytes", bytes.values.reduce(0, +))
            json.member("freeBytes", free)
            json.name("kinds")
            json.array(StorageSurvey.Kind.allCases) { json, kind in
                json.object { json in
                    json.member("kind", kind.rawValue)
                    json.member("bytes", bytes[kind] ?? 0)
                }
            }
        }
    }

    /// 503 with what is wrong when a store cannot be reached, or an embedded store or the ledger cannot be written.
    private func ready(_ context: AppContext) async throws -> Response {
        try await context.workspace(resources).checkReady()
        return .json { $0.member("status", "ready") }
    }
}
