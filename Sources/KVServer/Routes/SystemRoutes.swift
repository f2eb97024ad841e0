import Hummingbird
import KVJobs
import KVModel

/// Whether the program lives, can work, and what it is.
struct SystemRoutes {
    let stores: Stores
    let jobs: Jobs
    let version: String

    func add(to router: RouteTable) {
        router.get("/healthz") { _, _ in Response.json { $0.member("status", "alive") } }
        router.get("/readyz") { _, _ in try await ready() }
        router.get("/api/version") { _, _ in
            Response.json { json in
                json.member("name", "KV Manager")
                json.member("version", version)
            }
        }
    }

    /// 503 with what is wrong when a store cannot be reached or the ledger cannot be written.
    private func ready() async throws -> Response {
        for store in stores.all {
            do {
                try await store.engine.checkReachable()
            } catch let error as KVError {
                throw KVError(
                    .storeUnavailable, "The store \"\(store.name)\" cannot be used.", cause: error.cause ?? error.detail
                )
            }
        }
        try await jobs.checkWritable()
        return .json { $0.member("status", "ready") }
    }
}
