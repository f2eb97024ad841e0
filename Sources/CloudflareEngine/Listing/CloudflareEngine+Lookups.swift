package import KVModel
import Synchronization

/// What has to be found out about keys named one by one, by whichever way takes the fewest requests.
extension CloudflareEngine {
    private static let width = 8
    /// Up to so many keys are looked up one by one rather than in a listing.
    private static let few = 10

    /// Fills in expirations of which bulk reads have not told.
    ///
    /// Cloudflare's description has them in the answer where there are any. Until one has been seen there, an entry without
    /// one may have it all the same: it is looked up in the listing, or for a few keys by the value's `Expiration` field.
    func findExpirations(of entries: inout [Entry?], in namespace: NamespaceID) async throws {
        guard !learned.tellsExpirations.load(ordering: .relaxed) else { return }
        let indices = entries.indices.filter { entries[$0] != nil && entries[$0]?.expiration == nil }
        let keys = indices.compactMap { entries[$0]?.key }
        guard !keys.isEmpty else { return }
        let listed =
            keys.count > Self.few
            ? try await listed(keys, in: namespace, pages: max(1, keys.count / Self.few)) : Listed()
        let unlisted = keys.filter { listed.infos[$0] == nil }
        let read = try await unlisted.concurrently(width: Self.width) { try await raw($0, in: namespace)?.expiration }
        let found = Dictionary(zip(unlisted, read)) { first, _ in first }
        for index in indices {
            guard let key = entries[index]?.key else { continue }
            entries[index]?.expiration = listed.infos[key]?.expiration ?? found[key] ?? nil
        }
    }

    package func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        guard !keys.isEmpty else { return [] }
        if keys.count == 1 { return try await metadata(of: keys[0], in: namespace) == nil ? [] : [keys[0]] }
        var existing: Set<Key> = []
        var rest = keys.sorted()
        if rest.count > BulkGetRequest.keysAtOnce {
            let pages = (rest.count - 1) / KeyPage.sizes.upperBound + 1
            let listed = try await listed(rest, in: namespace, pages: pages)
            existing.formUnion(listed.infos.keys)
            rest = listed.isWhole ? [] : rest.filter { key in listed.through.map { $0 < key } ?? true }
        }
        let found = try await rest[...].chunks(of: BulkGetRequest.keysAtOnce).concurrently(width: Self.width) { chunk in
            try await present(among: chunk, in: namespace)
        }
        return found.reduce(into: existing) { $0.formUnion($1) }
    }

    private func present(among keys: [Key], in namespace: NamespaceID) async throws -> [Key] {
        if let texts = try await texts(of: keys, in: namespace, withMetadata: false) { return Array(texts.keys) }
        guard keys.count > 1 else { return keys }
        let half = keys.count / 2
        let first = try await present(among: Array(keys[..<half]), in: namespace)
        return try await first + present(among: Array(keys[half...]), in: namespace)
    }

    /// What a listing tells of keys.
    private struct Listed {
        var infos: [Key: KeyInfo] = [:]
        /// The last key that it came to; nil when its pages were empty.
        var through: Key?
        /// It went to its end.
        var isWhole = false
    }

    private func listed(_ keys: [Key], in namespace: NamespaceID, pages: Int) async throws -> Listed {
        let wanted = Set(keys)
        var found = Listed()
        guard let last = keys.max() else { return found }
        var seen = 0
        let end = try await list(
            in: namespace, prefix: keys.commonPrefix, from: ListPosition(), wanted: .max
        ) { listed, _ in
            seen += 1
            for info in listed where wanted.contains(info.key) { found.infos[info.key] = info }
            found.through = listed.last?.key ?? found.through
            return seen < pages && found.through.map { $0 < last } ?? true
        }
        found.isWhole = end == nil
        return found
    }
}

extension [Key] {
    /// What all of them begin with, in whole characters.
    fileprivate var commonPrefix: [UInt8] {
        guard var prefix = first?.bytes else { return [] }
        for key in dropFirst() {
            prefix.removeLast(prefix.count - zip(prefix, key.bytes).prefix { $0 == $1 }.count)
        }
        while !prefix.isValidUTF8 { prefix.removeLast() }
        return prefix
    }
}
