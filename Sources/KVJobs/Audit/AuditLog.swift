package import KVLedger
package import KVModel
package import Logging

/// Records the changes of requests in the audit log. A record is durable when the request is answered. The ends of jobs
/// are recorded in the transactions that end them.
package final class AuditLog: Sendable {
    private let store: any AuditStore
    private let logger: Logger
    private let clock: WallClock

    package init(_ store: any AuditStore, logger: Logger, clock: WallClock) {
        self.store = store
        self.logger = logger
        self.clock = clock
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
            await write([change], of: ChangeAuthor(RequestOrigin(of: .local, via: .api)))
        }
    }

    package func page(_ filter: AuditFilter) async throws -> Page<AuditRecord> { try await store.audit(filter) }

    // MARK: Writing

    /// A record that cannot be stored is reported in the server log.
    private func write(_ changes: [NotedChange], of author: ChangeAuthor) async {
        guard !changes.isEmpty else { return }
        let time = clock.now.milliseconds
        let records = changes.map { $0.record(by: author, at: time) }
        do {
            try await store.appendAudit(records)
        } catch {
            for record in records { report(record, error) }
        }
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
