import Foundation
import GRDB
import KVModel

/// One state of a SQLite file, kept while others go on writing, until it is copied. Blocks.
package final class SQLiteSnapshot {
    private static let pagesAtOnce: CInt = 2_000

    private let source: DatabaseQueue
    private let path: String

    /// The state at this moment.
    package init(of path: String) throws {
        let path = try SQLiteFile.trusted(path)
        self.path = path
        do {
            var configuration = Configuration.ofUsualPriority
            configuration.readonly = true
            configuration.allowsUnsafeTransactions = true
            configuration.busyMode = .timeout(5)
            source = try DatabaseQueue(path: path, configuration: configuration)
            try source.inDatabase { db in
                // A transaction shows the state of its first reading.
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
            }
        } catch let error as DatabaseError {
            throw KVError(sqlite: error.extendedResultCode.rawValue, message: "\(path): \(error)")
        }
    }

    /// Writes it to a file of its own, one that needs no other beside it.
    /// - Parameter goOn: called between portions; what it throws ends the copying.
    package func copy(to copy: String, goOn: () throws -> Void) throws {
        do {
            let target = try DatabaseQueue(path: copy)
            try source.inDatabase { from in
                try target.inDatabase { to in
                    try withoutActuallyEscaping(goOn) { goOn in
                        try from.backup(to: to, pagesPerStep: Self.pagesAtOnce) { _ in try goOn() }
                    }
                    try to.execute(sql: "PRAGMA journal_mode = DELETE")
                }
            }
            try target.close()
        } catch let error as DatabaseError {
            throw KVError(sqlite: error.extendedResultCode.rawValue, message: "\(path) to \(copy): \(error)")
        }
    }
}

extension SQLiteFile {
    /// What is wrong with the structure of a file that nobody writes; nil when nothing is. Blocks.
    package static func fault(of path: String) throws -> String? {
        do {
            let path = try trusted(path, isOwn: false)
            var configuration = Configuration.ofUsualPriority
            configuration.readonly = true
            let answer = try DatabaseQueue(path: path, configuration: configuration).read { db in
                try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            }
            return answer == "ok" ? nil : answer ?? "no answer"
        } catch let error as DatabaseError {
            return error.message ?? "\(error.resultCode)"
        }
    }
}
