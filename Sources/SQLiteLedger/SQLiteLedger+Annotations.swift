import Foundation
import GRDB
import KVModel

extension Ledger {
    func annotations(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: Annotation] {
        try await read { db in
            let rows = try AnnotationRows(db, store, namespace)
            return try keys.reduce(into: [:]) { found, key in found[key] = try rows.read(key) }
        }
    }

    /// A key of whose annotation nothing is left has none any more.
    func changeAnnotations(
        _ changes: [Key: AnnotationChange], in namespace: NamespaceID, of store: String
    ) async throws {
        try await write { db in
            let rows = try AnnotationRows(db, store, namespace)
            for (key, change) in changes.sorted(by: { $0.key < $1.key }) {
                try rows.write(change.applied(to: change.isWhole ? Annotation() : rows.read(key) ?? Annotation()), key)
            }
        }
    }

    /// Of a namespace that is gone, so many at once that nobody is held up.
    func dropAnnotations(in namespace: NamespaceID, of store: String) async throws {
        var dropped = 0
        repeat {
            dropped = try await write { db in
                try db.execute(
                    sql: """
                        DELETE FROM annotation WHERE store = ?1 AND namespace = ?2 AND key IN
                            (SELECT key FROM annotation WHERE store = ?1 AND namespace = ?2 LIMIT 10000)
                        """,
                    arguments: [store, namespace.text])
                return db.changesCount
            }
        } while dropped > 0
    }

    /// The namespaces of which any key has one.
    func annotatedNamespaces() throws -> [(store: String, namespace: NamespaceID)] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT DISTINCT store, namespace FROM annotation").map {
                ($0["store"], NamespaceID($0["namespace"]))
            }
        }
    }
}

/// The rows of one namespace's annotations.
private struct AnnotationRows {
    private let select: Statement
    private let replace: Statement
    private let delete: Statement
    private let place: StatementArguments

    init(_ db: Database, _ store: String, _ namespace: NamespaceID) throws {
        select = try db.cachedStatement(
            sql: "SELECT tags, color, custom_metadata FROM annotation WHERE store = ? AND namespace = ? AND key = ?")
        replace = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO annotation (store, namespace, key, tags, color, custom_metadata)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        delete = try db.cachedStatement(
            sql: "DELETE FROM annotation WHERE store = ? AND namespace = ? AND key = ?")
        place = [store, namespace.text]
    }

    func read(_ key: Key) throws -> Annotation? {
        guard let row = try Row.fetchOne(select, arguments: place + [Data(key.bytes)]) else { return nil }
        let (tags, color, metadata): (String, String?, Data?) = (row["tags"], row["color"], row["custom_metadata"])
        return Annotation(
            tags: try JSONDecoder().decode([String].self, from: Data(tags.utf8)),
            color: color.flatMap { Annotation.Color(rawValue: $0) },
            customMetadata: metadata.map { Metadata(stored: Array($0)) })
    }

    func write(_ annotation: Annotation, _ key: Key) throws {
        let place = place + [Data(key.bytes)]
        guard !annotation.isEmpty else { return try delete.execute(arguments: place) }
        let metadata = annotation.customMetadata.map { Data($0.json) }
        try replace.execute(
            arguments: place + [try Ledger.json(annotation.tags), annotation.color?.rawValue, metadata])
    }
}
