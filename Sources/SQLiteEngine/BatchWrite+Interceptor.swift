import GRDB
import KVModel

/// What the interceptor of a batch is shown.
extension BatchWrite {
    /// What is stored under a key, with all pieces of its value.
    func whole(_ old: StoredValue, of key: Key) throws -> Entry {
        let row = try db.statement(
            """
            SELECT metadata, bytes FROM entry LEFT JOIN value ON value.id = value_id WHERE namespace = ?1 AND key = ?2
            """)
        defer { row.reset() }
        row.bind(namespace.number, at: 1)
        row.bind(key.bytes, at: 2)
        guard try row.step() else { throw KVError.noKey(key) }
        return try entry(key, old, metadata: row.optionalBytes(0), first: row.bytes(1))
    }

    /// Shows the interceptor all entries between two keys, these included; the keys that it holds back.
    func heldBack(from first: Key, through last: Key) throws -> Set<Key> {
        guard let interceptor else { return [] }
        let rows = try db.statement(
            """
            SELECT value_id, size, expires, key, metadata, bytes FROM entry LEFT JOIN value ON value.id = value_id
            WHERE namespace = ?1 AND key >= ?2 AND key <= ?3 AND (expires IS NULL OR expires > ?4) ORDER BY key
            """)
        defer { rows.reset() }
        rows.bind(namespace.number, at: 1)
        rows.bind(first.bytes, at: 2)
        rows.bind(last.bytes, at: 3)
        rows.bind(now.seconds, at: 4)
        var held: Set<Key> = []
        while try rows.step() {
            let old = try entry(
                Key(stored: rows.bytes(3)), StoredValue(row: rows), metadata: rows.optionalBytes(4),
                first: rows.bytes(5))
            if try !interceptor.mayReplace(old, with: nil, of: old.key) { held.insert(old.key) }
        }
        return held
    }

    private func entry(_ key: Key, _ old: StoredValue, metadata: [UInt8]?, first: [UInt8]) throws -> Entry {
        var entry = Entry(
            key: key, value: first, metadata: metadata.map { Metadata(stored: $0) },
            expiration: old.expires.map { Expiration(stored: $0) })
        guard old.rows.count > 1 else { return entry }
        let piece = try db.statement("SELECT bytes FROM value WHERE id = ?1")
        entry.value.reserveCapacity(old.size)
        for id in old.rows.dropFirst() {
            defer { piece.reset() }
            piece.bind(id, at: 1)
            guard try piece.step() else {
                throw KVError(.internalError, "A part of a value is missing.", cause: "There is no piece \(id).")
            }
            entry.value += piece.bytes(0)
        }
        return entry
    }
}
