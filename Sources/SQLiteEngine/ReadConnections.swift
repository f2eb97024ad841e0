import GRDBSQLite
import KVFiles
import KVModel
import SQLiteFile
import Synchronization

/// A few read-only connections to the store's file, each for one reader at a time.
///
/// A point read or a page of keys takes microseconds, less than handing it to another thread and back: such reads run
/// where they are called (`brief`). What may take longer goes to a thread that may block (`lengthy`), on connections of its own.
///
/// A connection for brief reads keeps its view of the store from one read to the next for as long as nothing is written:
/// to begin a view and to end it costs as much as the read. `changed` lets go of them, so that none stands in the way when
/// the log is written back (`LogLength`).
final class ReadConnections: Sendable {
    private let forBrief: [LockedConnection]
    private let forLengthy: [LockedConnection]
    private let turn = Atomic(0)
    /// Grows with every change of the store.
    private let generation = Atomic(0)

    init(path: String) throws {
        forBrief = try (0..<4).map { _ in try LockedConnection(path: path) }
        forLengthy = try (0..<4).map { _ in try LockedConnection(path: path) }
    }

    /// - Parameter connection: The one to read on, from ``nextConnection()``; nil: any that is free.
    func brief<Result: Sendable>(
        on connection: Int? = nil, _ read: (borrowing ReadConnection) throws -> Result
    ) throws -> Result {
        let newest = generation.load(ordering: .acquiring)
        return try withOne(of: connection.map { [forBrief[$0]] } ?? forBrief) { connection in
            try connection.keepView(of: newest)
            // Whoever changed the store meanwhile has passed this connection by.
            defer { if generation.load(ordering: .acquiring) != newest { connection.endView() } }
            return try read(connection)
        }
    }

    /// A connection for the parts of one value. To find a part, SQLite goes through the pages of those before it in its row,
    /// which it has in memory if the same connection has read them.
    func nextConnection() -> Int { next(of: forBrief) }

    /// Call it behind every commit, before the change is answered: reads that begin later see it.
    func changed() {
        generation.add(1, ordering: .releasing)
        for candidate in forBrief { candidate.connection.withLockIfAvailable { $0.endView() } }
    }

    /// Later reads fail. One that is under way keeps its connection.
    func close() {
        for candidate in forBrief + forLengthy { candidate.connection.withLockIfAvailable { $0.close() } }
    }

    func lengthy<Result: Sendable>(
        _ read: @escaping @Sendable (borrowing ReadConnection) throws -> Result
    ) async throws -> Result {
        try await Blocking.run { [self] in try withOne(of: forLengthy) { try read($0) } }
    }

    /// The first free connection, so that the caches of those behind stay small; if all are busy, waits for one in turn.
    private func withOne<Result: Sendable>(
        of connections: [LockedConnection], _ read: (inout ReadConnection) throws -> Result
    ) throws -> Result {
        for candidate in connections {
            if let result = try candidate.connection.withLockIfAvailable({ try read(&$0) }) { return result }
        }
        return try connections[next(of: connections)].connection.withLock { try read(&$0) }
    }

    private func next(of connections: [LockedConnection]) -> Int {
        abs(turn.wrappingAdd(1, ordering: .relaxed).oldValue % connections.count)
    }
}

private final class LockedConnection: Sendable {
    let connection: Mutex<ReadConnection>

    init(path: String) throws {
        connection = Mutex(try ReadConnection(path: path))
    }
}

/// One read-only connection with its prepared statements.
struct ReadConnection: ~Copyable {
    private let handle: OpaquePointer
    private let statements: StatementCache
    /// The generation of the store that the kept view shows; nil when none is kept.
    private var viewed: Int?
    private var isOpen = true

    init(path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
        let code = sqlite3_open_v2(try SQLiteFile.trusted(path), &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw KVError(sqlite: code, message: "\(path) could not be opened for reading")
        }
        handle = opened
        statements = StatementCache(connection: opened)
        sqlite3_busy_timeout(opened, 5_000)
        sqlite3_exec(opened, "PRAGMA cache_size = -8192", nil, nil, nil)
    }

    deinit {
        guard isOpen else { return }
        statements.finalize()
        sqlite3_close_v2(handle)
    }

    mutating func close() {
        guard isOpen else { return }
        endView()
        statements.finalize()
        sqlite3_close_v2(handle)
        isOpen = false
    }

    /// Prepared once and kept; reset it when done.
    func statement(_ sql: StaticString) throws -> Statement {
        guard isOpen else { throw KVError(.shuttingDown, "KV Manager is ending; ask again when it is back.") }
        return try statements.statement(sql)
    }

    /// Reads a part of a value's row without the rest of it.
    ///
    /// Throws `value_changed` when the value has been replaced since its id was read.
    func bytes(of part: ValuePart) throws -> [UInt8] {
        var opened: OpaquePointer?
        let code = sqlite3_blob_open(handle, "main", "value", "bytes", Int64(part.row), 0, &opened)
        guard code != SQLITE_ERROR else {
            throw KVError(.valueChanged, "The value was replaced while it was read; read it again.")
        }
        guard code == SQLITE_OK, let blob = opened else {
            throw KVError(sqlite: code, message: String(cString: sqlite3_errmsg(handle)))
        }
        defer {
            sqlite3_blob_close(blob)
            // The pages of a large value are read once. Kept, they would fill the cache of every connection.
            if part.isLastOnConnection { sqlite3_db_release_memory(handle) }
        }
        return try Array(unsafeUninitializedCapacity: part.count) { bytes, count in
            let code = sqlite3_blob_read(blob, bytes.baseAddress, Int32(part.count), Int32(part.offset))
            guard code == SQLITE_OK else {
                throw KVError(sqlite: code, message: String(cString: sqlite3_errmsg(handle)))
            }
            count = part.count
        }
    }

    /// Reads see the state of the generation or a later one, the same until this is called with another.
    mutating func keepView(of generation: Int) throws {
        guard viewed != generation || !isOpen || sqlite3_get_autocommit(handle) != 0 else { return }
        endView()
        try statement("BEGIN").run()
        viewed = generation
    }

    mutating func endView() {
        guard viewed != nil else { return }
        sqlite3_exec(handle, "COMMIT", nil, nil, nil)
        viewed = nil
    }

    /// All reads within see one state of the store.
    func snapshot<Result>(_ read: () throws -> Result) throws -> Result {
        try statement("BEGIN").run()
        defer { sqlite3_exec(handle, "COMMIT", nil, nil, nil) }
        return try read()
    }
}

private final class StatementCache {
    private let connection: OpaquePointer
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    init(connection: OpaquePointer) {
        self.connection = connection
    }

    /// The address of the literal is the key: one place in the code, one statement.
    func statement(_ sql: StaticString) throws -> Statement {
        if let cached = statements[sql.utf8Start] { return cached }
        var prepared: OpaquePointer?
        let text = sql.description
        let code = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw KVError(sqlite: code, message: String(cString: sqlite3_errmsg(connection)))
        }
        let statement = Statement(handle: prepared)
        statements[sql.utf8Start] = statement
        return statement
    }

    func finalize() {
        for statement in statements.values { sqlite3_finalize(statement.handle) }
        statements = [:]
    }
}
