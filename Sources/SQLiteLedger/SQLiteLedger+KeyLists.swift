import Foundation
import GRDB
import KVFiles
package import KVLedger
package import KVModel

extension SQLiteLedger: KeyListStore {
    /// Keys that are added to a list also when the disk is nearly full: a job that deletes them frees room.
    private static let keysFromReserve = 10_000
    private static let keysAtOnce = 2_000

    // MARK: Creating

    package func newKeyList(now: Timestamp) throws -> Int64 {
        try writeBlocking { db in
            try Self.checkUnusedLists(in: db)
            return try Self.insertKeyList(now: now, in: db)
        }
    }

    private static func insertKeyList(now: Timestamp, in db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT INTO selection (state, created_at) VALUES ('unused', ?)", arguments: [now])
        return db.lastInsertedRowID
    }

    private static func checkUnusedLists(in db: Database) throws {
        let row = try Row.fetchOne(
            db, sql: "SELECT count(*) AS lists, coalesce(sum(keys), 0) AS keys FROM selection WHERE state = 'unused'")
        guard let row, row["lists"] < UnusedLists.maximumCount, row["keys"] < UnusedLists.maximumKeys else {
            throw KVError(
                .tooManyKeyLists,
                "Too many key lists are waiting to be used: at most \(UnusedLists.maximumCount.grouped) lists and "
                    + "\(UnusedLists.maximumKeys.grouped) keys. Lists that no job uses are dropped after an hour.")
        }
    }

    @discardableResult
    package func add(_ keys: [Key], toKeyList number: Int64) throws -> Int {
        var rest = keys.sorted()[...]
        var added = 0
        while !rest.isEmpty {
            added += try addChunk(rest.prefix(Self.keysAtOnce), toKeyList: number)
            rest = rest.dropFirst(Self.keysAtOnce)
        }
        return added
    }

    private func addChunk(_ keys: ArraySlice<Key>, toKeyList number: Int64) throws -> Int {
        try writeBlocking { [reserve] db in
            let count = try Self.keyCount(ofKeyList: number, in: db) + keys.count
            let room = count > Self.keysFromReserve ? reserve.availableBytes : reserve.availableBytesWithReserve
            guard room > 0 else { throw KVError.nearlyFull("the keys cannot be kept") }
            let statement = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO selected_key (selection, key) VALUES (?, ?)")
            var added = 0
            for key in keys {
                try statement.execute(arguments: [number, Data(key.bytes)])
                added += db.changesCount
            }
            try db.execute(
                sql: "UPDATE selection SET keys = keys + ? WHERE number = ?", arguments: [added, number])
            return added
        }
    }

    package func abandonKeyList(_ number: Int64) throws {
        try writeBlocking { db in try Self.drop(keyList: number, in: db) }
        sweepContinuation.yield()
    }

    package func requireKeyList(_ number: Int64) throws {
        let exists = try writeBlocking { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM selection WHERE number = ? AND state <> 'dropped')",
                arguments: [number]) ?? false
        }
        guard exists else { throw KVError.noKeyList(number) }
    }

    // MARK: Using

    package func keyCount(ofKeyList number: Int64) async throws -> Int {
        try await read { db in try Self.keyCount(ofKeyList: number, in: db) }
    }

    /// Lists of earlier versions are counted; later ones have their count stored.
    private static func keyCount(ofKeyList number: Int64, in db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT CASE WHEN created_at > 0 THEN keys
                    ELSE (SELECT count(*) FROM selected_key WHERE selection = number) END
                FROM selection WHERE number = ?
                """,
            arguments: [number]) ?? 0
    }

    package func keys(ofKeyList number: Int64, after key: String?, limit: Int) async throws -> [Key] {
        try await read { db in
            let found = try Data.fetchCursor(
                db, sql: "SELECT key FROM selected_key WHERE selection = ? AND key > ? ORDER BY key LIMIT ?",
                arguments: [number, Data((key ?? "").utf8), limit])
            var keys: [Key] = []
            while let bytes = try found.next() { keys.append(Key(stored: Array(bytes))) }
            return keys
        }
    }

    package func keys(_ keys: [Key], inKeyList number: Int64) async throws -> Set<Key> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM selected_key WHERE selection = ? AND key = ?)")
            return try Set(
                keys.filter { key in
                    try Bool.fetchOne(statement, arguments: [number, Data(key.bytes)]) ?? false
                })
        }
    }

    package func dropKeyList(_ number: Int64) async throws {
        try await write { db in try Self.drop(keyList: number, in: db) }
        sweepContinuation.yield()
    }

    private static func drop(keyList number: Int64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE selection SET state = 'dropped' WHERE number = ? AND state = 'unused'", arguments: [number])
    }

    // MARK: Of jobs

    /// Keeps a list for a job that is being created. Throws `invalid_request` when it has been dropped.
    static func use(keyList number: Int64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE selection SET state = 'used' WHERE number = ? AND state <> 'dropped'", arguments: [number])
        guard db.changesCount == 1 else { throw KVError.noKeyList(number) }
    }

    /// A list of the keys whose failures are listed of a job.
    package func newKeyList(ofFailuresOf id: JobID, now: Timestamp) async throws -> Int64 {
        try reserve.requireRoom("the keys cannot be kept")
        let number = try await write { db in try Self.insertKeyList(now: now, in: db) }
        var last: Int64? = 0
        while let start = last {
            last = try await write { db in try Self.addFailures(of: id, after: start, to: number, in: db) }
        }
        return number
    }

    /// Returns the last failure that was taken; nil when there are no more.
    private static func addFailures(
        of id: JobID, after start: Int64, to selection: Int64, in db: Database
    ) throws -> Int64? {
        guard
            let end = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(number) FROM (SELECT number FROM failure
                        WHERE job = (SELECT number FROM job WHERE id = ?) AND number > ? ORDER BY number LIMIT ?)
                    """,
                arguments: [id.text, start, keysAtOnce]),
            // In a damaged ledger a number may be a text, which comes after all numbers and is read as 0.
            end > start
        else { return nil }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO selected_key (selection, key)
                SELECT ?, CAST(key AS BLOB) FROM failure
                WHERE job = (SELECT number FROM job WHERE id = ?) AND number > ? AND number <= ? AND key IS NOT NULL
                ORDER BY CAST(key AS BLOB)
                """,
            arguments: [selection, id.text, start, end])
        try db.execute(
            sql: "UPDATE selection SET keys = keys + ? WHERE number = ?", arguments: [db.changesCount, selection])
        return end
    }
}

/// What key lists that no job uses may take together.
private enum UnusedLists {
    static let maximumCount = 1_000
    static let maximumKeys = 20_000_000
}

extension KVError {
    fileprivate static func noKeyList(_ number: Int64) -> KVError {
        KVError(
            .invalidRequest,
            "There is no key list \"\(number)\": send it to /api/key-lists first. A list that no job uses is dropped after an "
                + "hour.")
    }
}
