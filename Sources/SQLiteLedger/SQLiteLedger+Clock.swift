import GRDB

extension SQLiteLedger {
    /// When the clock was trusted last, in milliseconds since 1970; nil in a new ledger.
    package func clockTrustedAt() async throws -> Int64? {
        try await read { db in try Int64.fetchOne(db, sql: "SELECT trusted_at FROM clock") }
    }

    package func trustClock(at now: Int64) async throws {
        try await write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO clock (number, trusted_at) VALUES (1, ?)", arguments: [now])
        }
    }
}
