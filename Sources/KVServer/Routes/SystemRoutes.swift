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
        router.get("/api/storage") { _, _ in try await storage() }
        router.get("/api/version") { _, _ in
            Response.json { json in
                json.member("name", "KV Manager")
                json.member("version", version)
            }
        }
    }

    /// How much the data folder holds, by kind.
    private func storage() async throws -> Response {
        let (bytes, free) = try await jobs.files.survey.look()
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
