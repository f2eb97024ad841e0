import GRDB
import KVLedger
import Synchronization

/// Appends records to the audit log. Records that come while the ledger's connection is busy are written together, in one
/// transaction.
final class AuditAppender: Sendable {
    private struct Waiting {
        let records: [AuditRecord]
        let written: CheckedContinuation<Void, any Error>
    }

    private let database: DatabaseQueue
    private let gathered = Mutex<[Waiting]>([])

    init(_ database: DatabaseQueue) {
        self.database = database
    }

    /// Not cancelled with the task: a change that has been made is recorded.
    func append(_ records: [AuditRecord]) async throws {
        guard !records.isEmpty else { return }
        try await withCheckedThrowingContinuation { written in
            let isFirst = gathered.withLock { gathered in
                gathered.append(Waiting(records: records, written: written))
                return gathered.count == 1
            }
            if isFirst { database.asyncWriteWithoutTransaction { db in self.writeGathered(db) } }
        }
    }

    private func writeGathered(_ db: Database) {
        let waiting = gathered.withLock { gathered in
            defer { gathered = [] }
            return gathered
        }
        let result = Result {
            try db.inTransaction {
                for record in waiting.flatMap(\.records) { try SQLiteLedger.appendAudit(record, in: db) }
                return .commit
            }
        }
        for one in waiting { one.written.resume(with: result) }
    }
}
