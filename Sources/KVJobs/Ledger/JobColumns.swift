import GRDB
import KVModel
import Synchronization

/// What jobs are filtered and sorted by, in memory, a column each: some 60 bytes a job.
///
/// No set of indexes answers every pair of filters in every order without reading most of them, and what they would cost is
/// paid with every batch of a running job. A walk over a million numbers in memory takes some milliseconds, always, and
/// counts exactly. It follows the table by what SQLite tells of changed rows, whoever changes them.
///
/// All methods that take a `Database` belong on the ledger's connection.
final class JobColumns: TransactionObserver, Sendable {
    /// Rows read in one turn of the connection, so that those who wait for it do not wait long.
    private static let rowsAtOnce = 5_000
    /// Jobs for which room is made at once; more are added one by one.
    private static let mostReserved: Int64 = 1_000_000

    private struct State {
        var rows = JobRows()
        /// Up to this number all jobs have been read; nil when there are no more.
        var readUpTo: Int64? = 0
        var touched: Set<Int64> = []
    }

    private let state = Mutex(State())

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { kind.tableName == "job" }

    func databaseDidChange(with event: DatabaseEvent) {
        state.withLock { state in _ = state.touched.insert(event.rowID) }
    }

    func databaseDidCommit(_ db: Database) {}

    /// What did not change after all is read once more for nothing.
    func databaseDidRollback(_ db: Database) {}

    /// Reads some of the jobs that have not been read yet. Returns whether there may be more.
    func readOn(_ db: Database) throws -> Bool {
        try state.withLock { state in
            guard let position = state.readUpTo else { return false }
            if position == 0 {
                let newest =
                    try Row.fetchOne(db, sql: "SELECT max(number) - min(number) + 1 FROM job")?[0] as Int64? ?? 0
                state.rows.reserve(Int(max(0, min(newest, Self.mostReserved))))
            }
            let rows = try Row.fetchCursor(
                db,
                sql: "\(Self.columns) WHERE number > ? AND state <> 'deleted' ORDER BY number LIMIT \(Self.rowsAtOnce)",
                arguments: [position])
            var last: Int64?
            while let row = try rows.next() {
                state.rows.put(JobRows.Element(row))
                last = row[0]
            }
            state.readUpTo = last
            return last != nil
        }
    }

    /// Call it when all have been read.
    func matches(_ filter: JobFilter, in db: Database) throws -> JobMatches {
        try state.withLock { state in
            try Self.catchUp(&state, db)
            return try JobMatches(filter, among: state.rows) { number in
                try String.fetchOne(db, sql: "SELECT id FROM job WHERE number = ?", arguments: [number]) ?? ""
            }
        }
    }

    /// Call it when all have been read.
    func census(in db: Database) throws -> [JobCensus] {
        try state.withLock { state in
            try Self.catchUp(&state, db)
            var counts = [Int](repeating: 0, count: state.rows.knownGroups.count)
            for group in state.rows.groups { counts[Int(group)] += 1 }
            var census: [JobCensus: Int] = [:]
            for (group, count) in zip(state.rows.knownGroups, counts).dropFirst() where count > 0 {
                census[JobCensus(kind: group.kind, state: group.state, count: 0), default: 0] += count
            }
            return census.map { JobCensus(kind: $0.kind, state: $0.state, count: $1) }
        }
    }

    /// Reads what has changed since the last time.
    private static func catchUp(_ state: inout State, _ db: Database) throws {
        guard !state.touched.isEmpty else { return }
        let statement = try db.cachedStatement(sql: "\(columns) WHERE number = ? AND state <> 'deleted'")
        // Ascending, since new ones go to the end.
        for number in state.touched.sorted() {
            if let row = try Row.fetchOne(statement, arguments: [number]) {
                state.rows.put(JobRows.Element(row))
            } else {
                state.rows.remove(number)
            }
        }
        state.touched = []
    }

    private static let columns = """
        SELECT number, created_at, started_at, finished_at, succeeded + failed + skipped, failed, id, store, namespace,
            kind, state FROM job
        """
}

extension JobRows.Element {
    fileprivate init(_ row: Row) {
        number = row[0]
        created = row.bounded(1)
        started = row.bounded(2)
        finished = row.bounded(3)
        processed = row.bounded(4)
        failed = row.bounded(5)
        head = IDHead(row[6] as String).bits
        group = JobRows.Group(store: row[7], namespace: row[8], kind: row[9], state: row[10])
    }
}
