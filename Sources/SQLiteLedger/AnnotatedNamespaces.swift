import GRDB
import KVModel
import Synchronization

/// The namespaces in which a key has, or has had, an annotation. No other process writes to the ledger meanwhile.
final class AnnotatedNamespaces: Sendable {
    private struct Place: Hashable {
        var store: String
        var namespace: NamespaceID
    }

    private let places: Mutex<Set<Place>>

    /// Reads one row of each namespace, however many annotations there are.
    init(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH RECURSIVE place(store, namespace) AS (
                    SELECT * FROM (SELECT store, namespace FROM annotation ORDER BY store, namespace LIMIT 1)
                    UNION ALL
                    SELECT next.store, next.namespace FROM place JOIN annotation AS next
                        ON (next.store, next.namespace, next.key) = (
                            SELECT store, namespace, key FROM annotation
                            WHERE (annotation.store, annotation.namespace) > (place.store, place.namespace)
                            ORDER BY store, namespace, key LIMIT 1))
                SELECT store, namespace FROM place
                """)
        places = Mutex(Set(rows.map { Place(store: $0["store"], namespace: NamespaceID($0["namespace"])) }))
    }

    func contains(_ namespace: NamespaceID, of store: String) -> Bool {
        places.withLock { $0.contains(Place(store: store, namespace: namespace)) }
    }

    func insert(_ namespace: NamespaceID, of store: String) {
        places.withLock { _ = $0.insert(Place(store: store, namespace: namespace)) }
    }

    /// Returns whether it was there.
    func remove(_ namespace: NamespaceID, of store: String) -> Bool {
        places.withLock { $0.remove(Place(store: store, namespace: namespace)) != nil }
    }
}
