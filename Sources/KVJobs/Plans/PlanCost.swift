import KVModel

/// The requests that a job sends, by store.
package struct PlanCost: Sendable {
    /// The store of the job's namespace.
    let source: String
    private let stores: Stores
    private let keys: Int
    private let keepsPreImages: Bool
    private(set) var requests: [String: Int] = [:]

    init(_ stores: Stores, source: String, keys: Int, keepsPreImages: Bool) {
        self.stores = stores
        self.source = source
        self.keys = keys
        self.keepsPreImages = keepsPreImages
    }

    /// Whether requests to the store use up a quota.
    func costsRequests(in store: String) -> Bool { has(.costsQuota, store) }

    private func has(_ capability: EngineCapabilities, _ store: String) -> Bool {
        (try? stores.store(named: store).engine.traits.capabilities.contains(capability)) ?? false
    }

    /// Adds the requests that take each key once.
    mutating func add(_ keysAtOnce: KeyPath<EngineTraits.RequestSizes, Int>, in store: String) {
        guard let traits = try? stores.store(named: store).engine.traits else { return }
        let sizes =
            traits.requests
            ?? .init(
                list: traits.batches.delete, read: traits.batches.read, write: traits.batches.write,
                delete: traits.batches.delete)
        requests[store, default: 0] += (keys + sizes[keyPath: keysAtOnce] - 1) / sizes[keyPath: keysAtOnce]
    }

    /// Adds the reads of what is replaced or deleted. With transactions, the change itself returns that.
    mutating func addPreImages(in store: String) {
        if keepsPreImages, !has(.transactionalWrites, store) { add(\.read, in: store) }
    }
}
