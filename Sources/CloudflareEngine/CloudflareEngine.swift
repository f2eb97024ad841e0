package import KVModel
package import NIOSSL
import Synchronization

/// Workers KV over Cloudflare's API, sparing with requests: it lists 1,000 keys a request, reads 100 values, writes and
/// deletes 10,000.
///
/// What the API cannot do, this cannot either: nothing tells what was there before a write, conditions are looked up
/// before the write rather than with it, and a write may be seen elsewhere a minute later.
package struct CloudflareEngine: BasicEngine {
    package let traits = EngineTraits(
        capabilities: [.costsQuota, .metadata, .ttl],
        limits: .init(
            keyBytes: Key.maximumBytes, valueBytes: Entry.maximumValueBytes, metadataBytes: Metadata.maximumBytes,
            minimumTTL: Expiration.minimumTTL),
        batches: .init(read: 10_000, write: 10_000, delete: 10_000, bytes: 32 << 20),
        requests: .init(list: 1_000, read: 100, write: 10_000, delete: 10_000))

    /// Seconds for which an answer shows that the API can be reached: asking costs a request.
    private static let reachableFor: Int64 = 60

    private(set) var api: CloudflareAPI
    let clock: WallClock
    let learned = Learned()

    /// What answers have shown about the service.
    final class Learned: Sendable {
        /// Bulk reads tell expirations: one has. Until then the absence of one may be a silence.
        let tellsExpirations = Atomic(false)
        /// When the API was found to answer, in seconds since 1970.
        let reachedAt = Atomic<Int64>(.min)
    }

    /// - Parameters:
    ///   - others: Stores that there are already. One with the same token has the same quota, and so one line for both.
    ///   - trustRoots: The issuers of certificates to trust.
    package init(
        _ account: CloudflareAccount, beside others: [CloudflareEngine] = [],
        trusting trustRoots: NIOSSLTrustRoots = .default, clock: WallClock
    ) {
        let shared = others.first { $0.api.sharesQuota(with: account) }?.api.pacer
        api = CloudflareAPI(
            account: account, pacer: shared ?? Pacer(quota: account.quota, clock: clock), trustRoots: trustRoots)
        self.clock = clock
    }

    package var pace: Pace? { api.pacer.pace }
    package var context: WorkContext { api.context }

    package func working(in context: WorkContext) -> any KeyValueEngine {
        var bound = self
        bound.api.context = context
        return bound
    }

    /// Looked into once a minute at most while it can be reached.
    package func checkReachable() async throws {
        let now = clock.now.seconds
        guard learned.reachedAt.load(ordering: .relaxed) <= now - Self.reachableFor else { return }
        try await api.probe(.namespaces(page: 1, perPage: 1))
        learned.reachedAt.store(now, ordering: .relaxed)
    }
}

extension Expiration {
    /// Whether Cloudflare would take it: it wants a minute at least.
    func isTooSoon(at now: Timestamp) -> Bool { seconds < now.seconds + Self.minimumTTL }
}
