import GRDB
import GRDBSQLite
import Synchronization

/// When the write-ahead log is to be written back to the store's file.
///
/// SQLite would do so within the commit that makes the log long, while readers still keep the view before it: less can be
/// written back then, and under steady reading the log would never begin anew. So it is done behind that commit, when
/// readers have let go of their views.
final class LogLength: Sendable {
    /// In pages; what SQLite itself takes.
    private static let long = 1_000

    private let pages = Atomic(0)

    var isLong: Bool { pages.load(ordering: .relaxed) >= Self.long }

    /// Follows the log of a connection, which must not outlive this object, and takes the writing back from SQLite.
    func follow(_ db: Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let length = Unmanaged<LogLength>.fromOpaque(context).takeUnretainedValue()
                length.pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// As far as no reader is in the way. What is left, or fails, the next commit tries again.
    func writeBack(_ db: Database) {
        sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
