package import KVModel

/// The annotations of keys, by store, namespace and key.
package protocol AnnotationStore: Sendable {
    /// Whether a key of the namespace may have an annotation. It is false for a namespace in which no key has ever had
    /// one, and cheap enough to call with every batch.
    func hasAnnotations(in namespace: NamespaceID, of store: String) async throws -> Bool

    /// Returns the annotations of those keys that have one.
    func annotations(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: Annotation]

    /// Applies changes, all of them or none. An annotation of which nothing is left is removed.
    ///
    /// - Parameter usesReserve: Whether the change follows a change of entries that has been made, and is stored also
    ///   when the disk is nearly full. Otherwise `disk_full` is thrown then, unless annotations are only removed.
    func changeAnnotations(
        _ changes: [Key: AnnotationChange], in namespace: NamespaceID, of store: String, usesReserve: Bool
    ) async throws

    /// Removes all annotations of a namespace that has been deleted, in chunks small enough not to block other writers.
    func dropAnnotations(in namespace: NamespaceID, of store: String) async throws

    /// Throws `disk_full` when no more annotations may be written.
    func requireRoomForAnnotations() throws
}

extension AnnotationStore {
    /// Removes the annotations of keys that have been deleted or created again.
    package func removeAnnotations(of keys: [Key], in namespace: NamespaceID, of store: String) async throws {
        guard !keys.isEmpty, try await hasAnnotations(in: namespace, of: store) else { return }
        try await changeAnnotations(
            Dictionary(keys.map { ($0, AnnotationChange.removal) }) { first, _ in first }, in: namespace, of: store,
            usesReserve: true)
    }
}
