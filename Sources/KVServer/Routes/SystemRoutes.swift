import Hummingbird
import KVHTTP
import KVJobs
import KVModel

/// Whether the program lives, can work, and what it is.
struct SystemRoutes {
    let stores: Stores
    let jobs: Jobs
    let version: String

    func add(to router: RouteTable<AppContext>) {
        router.get("/healthz", requires: .public) { _, _ in Response.json { $0.member("status", "alive") } }
        router.get("/readyz", requires: .public) { _, _ in try await ready() }
        router.get("/api/storage", requires: .readMonitor) { _, _ in try await storage() }
        router.get("/api/version", requires: .public) { _, _ in
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

    /// 503 with what is wrong when a store cannot be reached, or an embedded store or the ledger cannot be written.
    private func ready() async throws -> Response {
        for store in stores.all {
            try await check("The store \"\(store.name)\" cannot be used") {
                try await store.engine.checkReachable()
                try await store.engine.checkWritable()
            }
        }
        try await check("The ledger cannot be written") { try await jobs.checkWritable() }
        return .json { $0.member("status", "ready") }
    }

    private func check(_ consequence: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as KVError {
            let reason = error.code == .diskFull ? ": the disk is full, or nearly so. Free some space." : "."
            throw KVError(.storeUnavailable, consequence + reason, cause: error.cause ?? error.detail)
        }
    }
}
