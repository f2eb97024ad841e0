import Foundation
import GRDB
import KVModel

extension Ledger {
    /// Begins a list of keys named one by one. It belongs to nobody, and is dropped at the next start, until a job names it.
    func newSelection() throws -> Int64 {
        try writeBlocking { db in
            try db.execute(sql: "INSERT INTO selection DEFAULT VALUES")
            return db.lastInsertedRowID
        }
    }

    /// Blocks: call it off the cooperative pool. A key that is there already is not added again.
    func add(_ keys: [Key], toSelection number: Int64) throws {
        try writeBlocking { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO selected_key (selection, key) VALUES (?, ?)")
            for key in keys.sorted() { try statement.execute(arguments: [number, Data(key.bytes)]) }
        }
    }

    func keyCountBlocking(ofSelection number: Int64) throws -> Int {
        try writeBlocking { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM selected_key WHERE selection = ?", arguments: [number]) ?? 0
        }
    }

    /// Throws `invalid_request` when there is no such list.
    func checkSelection(_ number: Int64) throws {
        let exists = try writeBlocking { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM selection WHERE number = ?)", arguments: [number]) ?? false
        }
        guard exists else {
            throw KVError(.invalidRequest, "There is no list of keys \"\(number)\"; send it to /api/key-lists first.")
        }
    }

    func dropSelectionBlocking(_ number: Int64) throws {
        try writeBlocking { db in try db.execute(sql: "DELETE FROM selection WHERE number = ?", arguments: [number]) }
    }

    func dropSelection(_ number: Int64) async throws {
        try await write { db in try db.execute(sql: "DELETE FROM selection WHERE number = ?", arguments: [number]) }
    }

    /// A list of the keys that a job has failed at. Throws `nothing_to_retry` when there are none.
    func newSelection(ofFailuresOf id: JobID) async throws -> Int64 {
        try await write { db in
            try db.execute(sql: "INSERT INTO selection DEFAULT VALUES")
            let number = db.lastInsertedRowID
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO selected_key (selection, key)
                    SELECT ?, CAST(key AS BLOB) FROM failure
                    WHERE job = (SELECT number FROM job WHERE id = ?) AND key IS NOT NULL ORDER BY CAST(key AS BLOB)
                    """,
                arguments: [number, id.text])
            return number
        }
    }

    /// Those of the keys that are in the list.
    func selected(among keys: [Key], in number: Int64) async throws -> Set<Key> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM selected_key WHERE selection = ? AND key = ?)")
            return try Set(
                keys.filter { key in
                    try Bool.fetchOne(statement, arguments: [number, Data(key.bytes)]) ?? false
                })
        }
    }

    func keyCount(ofSelection number: Int64) async throws -> Int {
        try await read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM selected_key WHERE selection = ?", arguments: [number]) ?? 0
        }
    }

    /// In byte order.
    func keys(ofSelection number: Int64, after key: String?, limit: Int) async throws -> [Key] {
        try await read { db in
            let found = try Data.fetchCursor(
                db, sql: "SELECT key FROM selected_key WHERE selection = ? AND key > ? ORDER BY key LIMIT ?",
                arguments: [number, Data((key ?? "").utf8), limit])
            var keys: [Key] = []
            while let bytes = try found.next() { keys.append(Key(stored: Array(bytes))) }
            return keys
        }
    }
}
