import KVLedger
import KVModel

/// What walking over a job's keys has shown: all of them, or as many as a plan may look at.
struct PlanWalk: Sendable {
    static let sampleSize = 20
    /// Listing costs a request for each thousand keys where there is a quota.
    private static let keysAtMost = (free: 100_000, withQuota: 10_000)

    var keys: [Key] = []
    /// Of the sizes that a listing told; nil when one of them did not.
    var bytes: Int? = 0
    var expirations: [Expiration] = []
    /// There are no more.
    var isComplete = false
    var requests = 0

    static func keysAtMost(_ engine: any KeyValueEngine) -> Int {
        engine.traits.capabilities.contains(.costsQuota) ? keysAtMost.withQuota : keysAtMost.free
    }

    /// Walks over the listing of a prefix.
    init(_ prefix: [UInt8], of namespace: NamespaceID, on engine: any KeyValueEngine) async throws {
        let limit = Self.keysAtMost(engine)
        var query = KeyQuery(prefix: prefix, limit: engine.traits.requests?.list ?? engine.traits.batches.delete)
        repeat {
            let page = try await engine.keys(in: namespace, query)
            requests += 1
            for info in page.items {
                keys.append(info.key)
                bytes = bytes.flatMap { bytes in info.size.map { bytes + $0 } }
                if let expiration = info.expiration { expirations.append(expiration) }
            }
            query.cursor = page.cursor
        } while query.cursor != nil && keys.count < limit
        isComplete = query.cursor == nil
    }

    /// Takes keys that were named one by one.
    init(selection number: Int64, of ledger: any KeyListStore, limit: Int) async throws {
        keys = try await ledger.keys(ofKeyList: number, after: nil, limit: limit)
        bytes = nil
        isComplete = keys.count < limit
    }
}
