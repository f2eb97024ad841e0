import GRDB
import KVFiles
package import KVModel
import SQLiteFile
import Synchronization

/// The embedded store: namespaces and entries in one SQLite file.
///
/// Writes go through one connection, a batch in one transaction, durable when the call returns. Reads run beside them on
/// connections of their own, each seeing the state at its beginning.
package final class SQLiteEngine: KeyValueEngine {
    package let traits = EngineTraits(
        capabilities: [
            .transactionalWrites, .conditionalWrites, .reportsPriorExistence, .cheapCount, .protectsNamespaces,
            .metadata, .ttl, .exactBatchReads, .streamsValues,
        ],
        limits: .init(
            keyBytes: Key.maximumBytes, valueBytes: Entry.maximumValueBytes, metadataBytes: Metadata.maximumBytes,
            minimumTTL: Expiration.minimumTTL),
        // Large writes, because sorted as a whole they touch far fewer pages when keys come in no order.
        batches: .init(read: 10_000, write: 70_000, delete: 10_000, bytes: 16 << 20, deletedBytes: 64 << 20))

    let writer: DatabaseQueue
    let readers: ReadConnections
    private let log = LogLength()
    let reserve: DiskReserve
    let clock: WallClock
    /// Values whose writing was cut off by the end of the program, which the sweeper clears away.
    let unfinished: Mutex<[Int]>

    /// - Parameter path: The file, which is created where it does not exist.
    package init(path: String, clock: WallClock) throws {
        writer = try SQLiteFile.open(path, migrator: Schema.migrator)
        readers = try ReadConnections(path: path)
        self.clock = clock
        reserve = DiskReserve(at: path)
        do {
            // Nothing is written here: the program also starts when the disk is full.
            unfinished = Mutex(
                try writer.read { [log] db in
                    log.follow(db)
                    return try LargeValue.unfinished(in: db)
                })
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    /// Runs `change` in one transaction; when this returns the change is on the disk.
    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do {
            defer { readers.changed() }
            let result = try await writer.write(change)
            if log.isLong { await writeLogBack() }
            return result
        } catch let error as DatabaseError {
            throw KVError(error)
        } catch let error as KVError {
            // A cancelled transaction is interrupted, which a raw statement tells as an error of the store.
            try Task.checkCancellation()
            throw error
        }
    }

    /// What was written stands, whatever becomes of this: the next commit tries again.
    private func writeLogBack() async {
        readers.changed()
        try? await writer.writeWithoutTransaction { [log] db in log.writeBack(db) }
    }

    /// Nobody writes to the store meanwhile. Blocks: call it where that may be.
    package func hold(_ body: () throws -> Void) throws {
        try writer.writeWithoutTransaction { _ in try body() }
    }

    /// Closes the file, which then holds everything by itself. Blocks. The readers end first: SQLite keeps the log for them.
    package func close() throws {
        readers.close()
        try SQLiteFile.close(writer)
    }

    package func checkWritable() async throws {
        try reserve.requireRoom()
        try await write { db in try SQLiteFile.probe(db) }
    }

    package func checkReachable() async throws {
        _ = try readers.brief { connection in
            let statement = try connection.statement("SELECT EXISTS (SELECT 1 FROM namespace)")
            defer { statement.reset() }
            return try statement.step()
        }
    }
}

extension Database {
    /// A raw statement, prepared once a connection.
    func statement(_ sql: String) throws -> Statement {
        Statement(handle: try cachedStatement(sql: sql).sqliteStatement)
    }
}
