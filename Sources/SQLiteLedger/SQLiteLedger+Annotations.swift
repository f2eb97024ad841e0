import Foundation
import GRDB
import KVFiles
import KVLedger
package import KVModel

extension SQLiteLedger: AnnotationStore {
    package func hasAnnotations(in namespace: NamespaceID, of store: String) -> Bool {
        annotatedNamespaces.contains(namespace, of: store)
    }

    package func annotations(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: Annotation] {
        guard !keys.isEmpty, hasAnnotations(in: namespace, of: store) else { return [:] }
        return try await read { db in
            let rows = try AnnotationRows(db, store, namespace)
            return try keys.reduce(into: [:]) { found, key in found[key] = try rows.read(key) }
        }
    }

    package func changeAnnotations(
        _ changes: [Key: AnnotationChange], in namespace: NamespaceID, of store: String, usesReserve: Bool
    ) async throws {
        let isAnnotated = hasAnnotations(in: namespace, of: store)
        let changes = changes.filter { $1.matters(where: isAnnotated) }
        guard !changes.isEmpty else { return }
        if !usesReserve, changes.values.contains(where: { $0 != .removal }) { try requireRoomForAnnotations() }
        annotatedNamespaces.insert(namespace, of: store)
        try await write { db in
            let rows = try AnnotationRows(db, store, namespace)
            for (key, change) in changes.sorted(by: { $0.key < $1.key }) {
                try rows.write(change.applied(to: change.isWhole ? Annotation() : rows.read(key) ?? Annotation()), key)
            }
        }
    }

    package func dropAnnotations(in namespace: NamespaceID, of store: String) async throws {
        guard annotatedNamespaces.remove(namespace, of: store) else { return }
        while try await removeSomeAnnotations(in: namespace, of: store) {}
    }

    /// Returns whether there may be more.
    private func removeSomeAnnotations(in namespace: NamespaceID, of store: String) async throws -> Bool {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM annotation WHERE store = ?1 AND namespace = ?2 AND key IN
                        (SELECT key FROM annotation WHERE store = ?1 AND namespace = ?2 ORDER BY key LIMIT ?3)
                    """,
                arguments: [store, namespace.text, Self.rowsAtOnce])
            return db.changesCount == Self.rowsAtOnce
        }
    }

    package func requireRoomForAnnotations() throws { try reserve.requireRoom("annotations cannot be written") }
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
            arguments: place + [try json(annotation.tags), annotation.color?.rawValue, metadata])
    }

    private func json(_ tags: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(tags), as: UTF8.self)
    }
}
