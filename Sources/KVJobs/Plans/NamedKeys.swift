import KVModel

/// Which of the keys that were named for a job exist, as far as a plan looks.
struct NamedKeys: Sendable {
    /// A lookup of 1,000 keys takes 11 requests at most where there is a quota.
    private static let keysWithQuota = 1_000

    /// The number of keys that were looked up, from the first.
    let count: Int
    /// Those that do not exist, in order.
    let missing: [Key]

    init(_ keys: [Key], in namespace: NamespaceID, on engine: any KeyValueEngine) async throws {
        let costsQuota = engine.traits.capabilities.contains(.costsQuota)
        let looked = costsQuota ? Array(keys.prefix(Self.keysWithQuota)) : keys
        let existing = try await engine.existing(among: looked, in: namespace)
        count = looked.count
        missing = looked.filter { !existing.contains($0) }
    }

    /// - Parameters:
    ///   - total: The number of named keys.
    ///   - areReported: Whether the job learns which of the keys do not exist.
    func warnings(of total: Int, areReported: Bool) -> [JobPlan.Warning] {
        var warnings: [JobPlan.Warning] = []
        func warn(_ code: String, _ detail: String) { warnings.append(.init(code: code, detail: detail)) }
        if !missing.isEmpty {
            let found = (count - missing.count).grouped
            let share = count < total ? "\(found) of the first \(count.grouped)" : "\(found) of \(count.grouped)"
            let others = areReported ? "Skipped, because they do not exist" : "These do not"
            warn("not_found", "\(share) named keys exist. \(others): \(listing: missing).")
        }
        if count < total {
            let others = areReported ? " The job skips all that do not exist." : ""
            let share = "\(count.grouped) of \(total.grouped)"
            warn("not_looked_up", "Only the first \(share) named keys were looked up.\(others)")
        }
        if !areReported { warn("not_reported", Delete.countsAll) }
        return warnings
    }
}
