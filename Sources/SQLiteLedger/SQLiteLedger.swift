import GRDB
import KVFiles
package import KVLedger
import KVModel
import SQLiteFile

/// The ledger in one SQLite file, which one process uses at a time. Each write is durable on return.
package final class SQLiteLedger: Sendable {
    let database: DatabaseQueue
    let works: any JobWorkReader
    /// A connection of its own for lists, which may read a whole table: nothing else waits for them.
    private let lists: DatabaseQueue
    let reserve: DiskReserve
    let annotatedNamespaces: AnnotatedNamespaces
    private let appender: AuditAppender
    /// An element when something was deleted that has to be swept.
    package let sweepRequests: AsyncStream<Void>
    let sweepContinuation: AsyncStream<Void>.Continuation

    /// Four times as much makes long lists of keys and annotations no faster.
    private static let cacheKibibytes = 4_096

    /// - Parameter works: Reads the work of the jobs that the ledger has.
    package init(path: String, works: any JobWorkReader) throws {
        self.works = works
        reserve = DiskReserve(at: path)
        (sweepRequests, sweepContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        database = try SQLiteFile.open(path, migrator: Self.migrator, cacheKibibytes: Self.cacheKibibytes)
        // Nothing is written here: the program also starts when the disk is full.
        lists = try SQLiteFile.openForReading(path, cacheKibibytes: Self.cacheKibibytes)
        appender = AuditAppender(database)
        annotatedNamespaces = try lists.read { db in try AnnotatedNamespaces(db) }
    }

    package func appendAudit(_ records: [AuditRecord]) async throws {
        do {
            try await appender.append(records)
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) async throws
        -> Result
    {
        do {
            return try await database.write(change)
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    /// For callers on a thread that may block.
    func writeBlocking<Result>(_ change: (Database) throws -> Result) throws -> Result {
        do {
            return try database.write(change)
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    func read<Result: Sendable>(_ query: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do {
            return try await database.read(query)
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    /// For reads that may take long. They see what has been committed before they begin.
    func readList<Result: Sendable>(_ query: @escaping @Sendable (Database) throws -> Result) async throws
        -> Result
    {
        do {
            return try await lists.read(query)
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    /// Nobody writes to the ledger meanwhile. For callers on a thread that may block.
    package func hold(_ body: () throws -> Void) throws {
        try database.writeWithoutTransaction { _ in try body() }
    }

    /// Closes the file, which then holds everything by itself. Blocks.
    package func close() throws {
        try lists.close()
        try SQLiteFile.close(database)
    }

    /// Throws what keeps jobs from being stored.
    package func checkWritable() async throws {
        try reserve.requireRoom()
        try await write { db in try SQLiteFile.probe(db) }
    }
}
