import GRDB
package import KVModel

extension SQLiteLedger {
    package func clockTrustedAt() async throws -> Timestamp? {
        try await read { db in try Timestamp.fetchOne(db, sql: "SELECT trusted_at FROM clock") }
    }

    package func trustClock(at now: Timestamp) async throws {
        try await write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO clock (number, trusted_at) VALUES (1, ?)", arguments: [now])
        }
    }
}
