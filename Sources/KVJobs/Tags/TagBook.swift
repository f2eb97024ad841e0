package import KVModel
import Synchronization

/// The tags of all keys. Namespaces in which no key has ever had one cost nothing.
package final class TagBook: Sendable {
    private struct Place: Hashable {
        var store: String
        var namespace: NamespaceID
    }

    private let ledger: Ledger
    private let tagged: Mutex<Set<Place>>

    package init(_ ledger: Ledger) throws {
        self.ledger = ledger
        let places = try ledger.taggedNamespaces().map { Place(store: $0.store, namespace: $0.namespace) }
        tagged = Mutex(Set(places))
    }

    package func hasAny(in namespace: NamespaceID, of store: String) -> Bool {
        tagged.withLock { $0.contains(Place(store: store, namespace: namespace)) }
    }

    /// Of those keys that have any.
    package func tags(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: [String]] {
        guard !keys.isEmpty, hasAny(in: namespace, of: store) else { return [:] }
        return try await ledger.tags(of: keys, in: namespace, of: store)
    }

    /// Sets the tags of keys; an empty list takes them away.
    package func set(_ tags: [Key: [String]], in namespace: NamespaceID, of store: String) async throws {
        let isTagged = hasAny(in: namespace, of: store)
        let changed = isTagged ? tags : tags.filter { !$0.value.isEmpty }
        guard !changed.isEmpty else { return }
        _ = tagged.withLock { $0.insert(Place(store: store, namespace: namespace)) }
        try await ledger.setTags(changed, in: namespace, of: store)
    }

    /// Keys that are gone, or have been made anew.
    func forget(_ keys: [Key], in namespace: NamespaceID, of store: String) async throws {
        guard !keys.isEmpty, hasAny(in: namespace, of: store) else { return }
        try await ledger.setTags(
            Dictionary(keys.map { ($0, []) }) { first, _ in first }, in: namespace, of: store)
    }

    func forget(_ namespace: NamespaceID, of store: String) async throws {
        guard tagged.withLock({ $0.remove(Place(store: store, namespace: namespace)) }) != nil else { return }
        try await ledger.dropTags(in: namespace, of: store)
    }
}
