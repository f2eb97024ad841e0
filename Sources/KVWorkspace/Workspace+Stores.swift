import KVJobs
package import KVModel

extension Workspace {
    /// The stores that the caller may read, in the order of the configuration.
    package func stores() throws(KVError) -> [StoreDescription] {
        try require(.read)
        return resources.stores.all.map(\.description)
    }

    /// The stores that the caller may read, and whether their engines answer. All engines are asked at the same time.
    package func storesWithReachability() async throws -> [(store: StoreDescription, isReachable: Bool)] {
        try require(.read)
        let stores = resources.stores.all
        let reachable = await withTaskGroup(of: (name: String, isReachable: Bool).self) { group in
            for store in stores {
                let engine = engine(of: store)
                group.addTask { (store.name, (try? await engine.checkReachable()) != nil) }
            }
            return await group.reduce(into: Set<String>()) { if $1.isReachable { $0.insert($1.name) } }
        }
        return stores.map { ($0.description, reachable.contains($0.name)) }
    }

    /// Throws `store_not_found`.
    package func store(named name: String) throws(KVError) -> StoreDescription {
        try store(name, for: .read).description
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
