import Foundation
import GRDB
import KVModel

extension Ledger {
    func tags(
        of keys: [Key], in namespace: NamespaceID, of store: String
    ) async throws -> [Key: [String]] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT tags FROM tagged WHERE store = ? AND namespace = ? AND key = ?")
            var found: [Key: [String]] = [:]
            for key in keys {
                let json = try String.fetchOne(statement, arguments: [store, namespace.text, Data(key.bytes)])
                if let json { found[key] = try JSONDecoder().decode([String].self, from: Data(json.utf8)) }
            }
            return found
        }
    }

    /// No tags: nothing is noted of the key any more.
    func setTags(_ tags: [Key: [String]], in namespace: NamespaceID, of store: String) async throws {
        guard !tags.isEmpty else { return }
        try await write { db in
            let set = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO tagged (store, namespace, key, tags) VALUES (?, ?, ?, ?)")
            let drop = try db.cachedStatement(
                sql: "DELETE FROM tagged WHERE store = ? AND namespace = ? AND key = ?")
            for (key, tags) in tags.sorted(by: { $0.key < $1.key }) {
                let place: StatementArguments = [store, namespace.text, Data(key.bytes)]
                if tags.isEmpty {
                    try drop.execute(arguments: place)
                } else {
                    try set.execute(arguments: place + [try Self.json(tags)])
                }
            }
        }
    }

    /// Of a namespace that is gone, so many at once that nobody is held up.
    func dropTags(in namespace: NamespaceID, of store: String) async throws {
        var dropped = 0
        repeat {
            dropped = try await write { db in
                try db.execute(
                    sql: """
                        DELETE FROM tagged WHERE store = ?1 AND namespace = ?2 AND key IN
                            (SELECT key FROM tagged WHERE store = ?1 AND namespace = ?2 LIMIT 10000)
                        """,
                    arguments: [store, namespace.text])
                return db.changesCount
            }
        } while dropped > 0
    }

    /// The namespaces of which any key has tags.
    func taggedNamespaces() throws -> [(store: String, namespace: NamespaceID)] {
        try writeBlocking { db in
            try Row.fetchAll(db, sql: "SELECT DISTINCT store, namespace FROM tagged").map {
                ($0["store"], NamespaceID($0["namespace"]))
            }
        }
    }
}
