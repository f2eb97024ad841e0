import GRDB
import KVModel
package import Logging
import ServiceLifecycle

/// Clears away what nobody can see any more, expired entries and those of deleted namespaces, in steps so small that
/// writers in between wait for milliseconds only.
package struct Sweeper: Service {
    static let step = 2_000
    /// Bytes of values after which a step ends: freeing a large value means walking through it.
    private static let bytes = 16 << 20

    private let engine: SQLiteEngine
    private let logger: Logger

    package init(_ engine: SQLiteEngine, logger: Logger) {
        self.engine = engine
        self.logger = logger
    }

    /// Sweeps until the program ends: at once while there is something, else every few seconds.
    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await engine.dropUnfinished()
                    while try await sweep() > 0 {}
                } catch is CancellationError {
                    return
                } catch {
                    logger.error(
                        "Sweeping the embedded store failed; it is tried again", metadata: ["error": "\(error)"])
                }
                guard (try? await Task.sleep(for: .seconds(2))) != nil else { return }
            }
        }
    }

    /// One step; returns how many entries it cleared away.
    func sweep() async throws -> Int {
        let now = engine.clock.now
        return try await engine.write { db in
            try Self.clearDeleted(in: db) + Self.clearExpired(in: db, now: now)
        }
    }

    private static func clearDeleted(in db: Database) throws -> Int {
        guard let number = try Int.fetchOne(db, sql: "SELECT namespace FROM cleared LIMIT 1") else { return 0 }
        let rows = try db.statement(
            "SELECT value_id, size, expires, key FROM entry WHERE namespace = ?1 ORDER BY key LIMIT ?2")
        rows.bind(number, at: 1)
        rows.bind(step, at: 2)
        var last: [UInt8]?
        var values: [StoredValue] = []
        var bytes = 0
        while bytes < Self.bytes, try rows.step() {
            values.append(StoredValue(row: rows))
            bytes += rows.size(1)
            last = rows.bytes(3)
        }
        rows.reset()
        guard let last else {
            try db.execute(sql: "DELETE FROM cleared WHERE namespace = ?", arguments: [number])
            return 0
        }
        let delete = try db.statement("DELETE FROM entry WHERE namespace = ?1 AND key <= ?2")
        delete.bind(number, at: 1)
        delete.bind(last, at: 2)
        try delete.run()
        try ValueSequence.drop(values, in: db)
        return values.count
    }

    private static func clearExpired(in db: Database, now: Timestamp) throws -> Int {
        let rows = try db.statement(
            "SELECT value_id, size, expires, namespace, key FROM entry WHERE expires <= ?1 ORDER BY expires LIMIT ?2")
        rows.bind(now.seconds, at: 1)
        rows.bind(step, at: 2)
        var expired: [(value: StoredValue, namespace: Int, key: [UInt8])] = []
        var bytes = 0
        while bytes < Self.bytes, try rows.step() {
            bytes += rows.size(1)
            expired.append((StoredValue(row: rows), rows.integer(3), rows.bytes(4)))
        }
        rows.reset()
        let delete = try db.statement("DELETE FROM entry WHERE namespace = ?1 AND key = ?2")
        let count = try db.statement(
            "UPDATE namespace SET key_count = key_count - 1, value_bytes = value_bytes - ?2 WHERE number = ?1")
        for entry in expired {
            delete.bind(entry.namespace, at: 1)
            delete.bind(entry.key, at: 2)
            try delete.run()
            count.bind(entry.namespace, at: 1)
            count.bind(entry.value.size, at: 2)
            try count.run()
        }
        try ValueSequence.drop(expired.map(\.value), in: db)
        return expired.count
    }
}
