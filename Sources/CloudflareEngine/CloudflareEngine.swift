package import KVModel
import Synchronization

/// Workers KV over Cloudflare's API, sparing with requests: it lists 1,000 keys a request, reads 100 values, writes and
/// deletes 10,000.
///
/// What the API cannot do, this cannot either: nothing tells what was there before a write, conditions are looked up
/// before the write rather than with it, and a write may be seen elsewhere a minute later.
package struct CloudflareEngine: KeyValueEngine {
    package let traits = EngineTraits(
        kind: .cloudflare, isRemote: true, protectsNamespaces: false, tellsWhatWasThere: false,
        limits: .init(
            keyBytes: Key.maximumBytes, valueBytes: Entry.maximumValueBytes, metadataBytes: Metadata.maximumBytes,
            minimumTTL: Expiration.minimumTTL),
        batches: .init(read: 10_000, write: 10_000, delete: 10_000, bytes: 32 << 20))

    let api: CloudflareAPI
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    let learned = Learned()

    /// What answers have shown about the service.
    final class Learned: Sendable {
        /// Bulk reads tell expirations: one has. Until then the absence of one may be a silence.
        let tellsExpirations = Atomic(false)
    }

    /// - Parameter now: milliseconds since 1970.
    package init(_ account: CloudflareAccount, now: @escaping @Sendable () -> Int64) {
        api = CloudflareAPI(account: account, wallClock: now)
        self.now = now
    }

    var nowSeconds: Int64 { now() / 1_000 }

    package var pace: Pace? { api.pacer.pace }

    package func checkReachable() async throws {
        _ = try await api.send(.namespaces(page: 1, perPage: 1))
    }
}

extension Expiration {
    /// Whether Cloudflare would take it: it wants a minute at least.
    func isTooSoon(at now: Int64) -> Bool { seconds < now + Self.minimumTTL }
}
