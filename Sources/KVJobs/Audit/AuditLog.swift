import GRDB
package import KVModel
package import Logging
import Synchronization

/// The record of every change that anybody makes. Jobs note their ends themselves, in the transaction that ends them.
///
/// Records that come together are written together: while the ledger's connection is busy they gather, one request at
/// most with its own each, and the next transaction takes them all. A record is on the disk when the request is answered.
package final class AuditLog: Sendable {
    private struct Waiting {
        let records: [AuditRecord]
        let written: CheckedContinuation<Void, Never>
    }

    private let ledger: Ledger
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let gathered = Mutex<[Waiting]>([])

    /// - Parameter now: milliseconds since 1970.
    package init(ledger: Ledger, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.ledger = ledger
        self.logger = logger
        self.now = now
    }

    /// Whatever `body` changes is noted under this origin before this returns or throws.
    package func noting<Result>(
        by origin: RequestOrigin, _ body: () async throws -> Result
    ) async throws -> Result {
        let author = ChangeAuthor(origin)
        do {
            let result = try await ChangeAuthor.$current.withValue(author) { try await body() }
            await write(author.noted, of: author)
            return result
        } catch {
            await write(author.noted, of: author)
            throw error
        }
    }

    func note(_ change: NotedChange) async {
        if let author = ChangeAuthor.current {
            author.note(change)
        } else {
            await write([change], of: ChangeAuthor(RequestOrigin(user: "local", via: .api)))
        }
    }

    package func page(_ filter: AuditFilter) async throws -> Page<AuditRecord> { try await ledger.audit(filter) }

    // MARK: Writing

    /// Not cancelled with the request: what is done is noted, whoever has gone.
    private func write(_ changes: [NotedChange], of author: ChangeAuthor) async {
        guard !changes.isEmpty else { return }
        let time = now()
        let records = changes.map { $0.record(by: author, at: time) }
        await withCheckedContinuation { written in
            let isFirst = gathered.withLock { gathered in
                gathered.append(Waiting(records: records, written: written))
                return gathered.count == 1
            }
            if isFirst { ledger.database.asyncWriteWithoutTransaction { db in self.writeGathered(db) } }
        }
    }

    private func writeGathered(_ db: Database) {
        let waiting = gathered.withLock { gathered in
            defer { gathered = [] }
            return gathered
        }
        let records = waiting.flatMap(\.records)
        do {
            try db.inTransaction {
                for record in records { try Ledger.appendAudit(record, in: db) }
                return .commit
            }
        } catch {
            for record in records { report(record, error) }
        }
        for one in waiting { one.written.resume() }
    }

    /// Keys are not for the log.
    private func report(_ record: AuditRecord, _ error: any Error) {
        logger.error(
            "A change could not be noted in the audit log",
            metadata: [
                "who": "\(record.who)", "via": "\(record.via.rawValue)", "action": "\(record.action.rawValue)",
                "store": "\(record.store)", "namespace": "\(record.namespace)", "count": "\(record.count)",
                "error": "\(error)",
            ])
    }
}
