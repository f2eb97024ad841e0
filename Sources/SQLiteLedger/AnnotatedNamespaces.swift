import GRDB
import KVModel
import Synchronization

/// The namespaces in which a key has, or has had, an annotation. No other process writes to the ledger meanwhile.
final class AnnotatedNamespaces: Sendable {
    private struct AnnotatedNamespace: Hashable {
        var store: String
        var namespace: NamespaceID
    }

    private let namespaces: Mutex<Set<AnnotatedNamespace>>

    /// Reads one row of each namespace, however many annotations there are.
    init(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH RECURSIVE annotated(store, namespace) AS (
                    SELECT * FROM (SELECT store, namespace FROM annotation ORDER BY store, namespace LIMIT 1)
                    UNION ALL
                    SELECT next.store, next.namespace FROM annotated JOIN annotation AS next
                        ON (next.store, next.namespace, next.key) = (
                            SELECT store, namespace, key FROM annotation
                            WHERE (annotation.store, annotation.namespace) > (annotated.store, annotated.namespace)
                            ORDER BY store, namespace, key LIMIT 1))
                SELECT store, namespace FROM annotated
                """)
        namespaces = Mutex(
            Set(rows.map { AnnotatedNamespace(store: $0["store"], namespace: NamespaceID($0["namespace"])) }))
    }

    func contains(_ namespace: NamespaceID, of store: String) -> Bool {
        namespaces.withLock { $0.contains(AnnotatedNamespace(store: store, namespace: namespace)) }
    }

    func insert(_ namespace: NamespaceID, of store: String) {
        namespaces.withLock { _ = $0.insert(AnnotatedNamespace(store: store, namespace: namespace)) }
    }

    /// Returns whether it was there.
    func remove(_ namespace: NamespaceID, of store: String) -> Bool {
        namespaces.withLock { $0.remove(AnnotatedNamespace(store: store, namespace: namespace)) != nil }
    }
}
