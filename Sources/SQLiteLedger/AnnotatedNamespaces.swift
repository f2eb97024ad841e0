package import KVModel
import SQLiteFile
import Synchronization

/// The annotations of all keys. Namespaces in which no key has ever had one cost nothing.
package final class AnnotationBook: Sendable {
    private struct Place: Hashable {
        var store: String
        var namespace: NamespaceID
    }

    private let ledger: Ledger
    private let annotated: Mutex<Set<Place>>

    package init(_ ledger: Ledger) throws {
        self.ledger = ledger
        let places = try ledger.annotatedNamespaces().map { Place(store: $0.store, namespace: $0.namespace) }
        annotated = Mutex(Set(places))
    }

    package func hasAny(in namespace: NamespaceID, of store: String) -> Bool {
        annotated.withLock { $0.contains(Place(store: store, namespace: namespace)) }
    }

    /// Of those keys that have one.
    package func annotations(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: Annotation] {
        guard !keys.isEmpty, hasAny(in: namespace, of: store) else { return [:] }
        return try await ledger.annotations(of: keys, in: namespace, of: store)
    }

    /// Throws `disk_full` when no more data may be written.
    package func requireRoom() throws { try ledger.reserve.requireRoom("annotations cannot be written") }

    /// - Parameter usesReserve: Whether this follows a change that has been made, and so is written as long as the disk
    ///   takes it.
    package func change(
        _ changes: [Key: AnnotationChange], in namespace: NamespaceID, of store: String, usesReserve: Bool = false
    ) async throws {
        let isAnnotated = hasAny(in: namespace, of: store)
        let changes = changes.filter { $1.matters(where: isAnnotated) }
        guard !changes.isEmpty else { return }
        if !usesReserve, changes.values.contains(where: { $0 != .removal }) { try requireRoom() }
        _ = annotated.withLock { $0.insert(Place(store: store, namespace: namespace)) }
        try await ledger.changeAnnotations(changes, in: namespace, of: store)
    }

    /// Of keys that are gone, or have been made anew.
    func forget(_ keys: [Key], in namespace: NamespaceID, of store: String) async throws {
        guard hasAny(in: namespace, of: store) else { return }
        try await change(
            Dictionary(keys.map { ($0, AnnotationChange.removal) }) { first, _ in first }, in: namespace, of: store,
            usesReserve: true)
    }

    func forget(_ namespace: NamespaceID, of store: String) async throws {
        let place = Place(store: store, namespace: namespace)
        guard annotated.withLock({ $0.remove(place) }) != nil else { return }
        try await ledger.dropAnnotations(in: namespace, of: store)
    }
}
