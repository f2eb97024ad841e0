package import KVModel

extension CloudflareEngine {
    /// Cloudflare would refuse the whole request that holds such an entry.
    package func refusal(of entry: Entry) -> KVError? {
        unsupported(entry) ?? entry.expiration.flatMap { tooSoon($0) }
    }

    /// Jobs do not ask for it, and are spared the hashing.
    package func etag(of entry: Entry) -> ETag? { context.priority == .users ? entry.etag : nil }

    func tooSoon(_ expiration: Expiration) -> KVError? {
        guard expiration.isTooSoon(at: clock.now) else { return nil }
        return KVError(
            .invalidExpiration,
            "The entry expires in less than \(Expiration.minimumTTL) seconds, and Cloudflare takes no such entry.")
    }

    package func put(_ entries: [Entry], in namespace: NamespaceID) async throws -> [Key: KVError] {
        var failures: [Key: KVError] = [:]
        var rest = entries[...]
        while !rest.isEmpty {
            let portion = BulkBody.portion(of: rest)
            rest = rest.dropFirst(portion.count)
            let byKey = Dictionary(portion.map { ($0.key, $0) }) { _, last in last }
            do {
                let failed = try await bulk(portion.map(\.key), .put, in: namespace) { keys in
                    try BulkBody.putting(keys.compactMap { byKey[$0] })
                } isLate: { key in
                    byKey[key]?.expiration?.isTooSoon(at: clock.now) ?? false
                }
                failures.merge(failed) { _, new in new }
            } catch let error as KVError where portion.startIndex > entries.startIndex {
                // Those before it are written: the others have to be told one by one.
                for entry in portion + rest { failures[entry.key] = error }
                return failures
            }
        }
        return failures
    }

    package func remove(_ keys: [Key], in namespace: NamespaceID) async throws -> [Key: KVError] {
        try await bulk(keys, .delete, in: namespace) { keys in BulkBody.deleting(keys) }
    }
}
