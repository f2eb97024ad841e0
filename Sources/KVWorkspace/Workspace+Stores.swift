import KVJobs
package import KVModel

extension Workspace {
    /// The stores that the caller may read, in the order of the configuration.
    package func stores() throws(KVError) -> [Store] {
        try require(.read)
        return resources.stores.all
    }

    /// Throws `store_not_found`.
    package func store(named name: String) throws(KVError) -> Store { try store(name, for: .read) }

    /// Whether the engine of the store answers.
    package func isReachable(_ store: Store) async -> Bool {
        (try? await engine(of: store).checkReachable()) != nil
    }

    /// Throws `store_unavailable` when a store cannot be reached, or an embedded store or the ledger cannot be written.
    /// It needs no permission.
    package func checkReady() async throws {
        for store in resources.stores.all {
            try await check("The store \"\(store.name)\" cannot be used") {
                try await engine(of: store).checkReachable()
                try await engine(of: store).checkWritable()
            }
        }
        try await check("The ledger cannot be written") { try await resources.jobs.checkWritable() }
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
