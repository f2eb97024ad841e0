import KVLedger
import KVModel
import Logging

/// Records the changes of requests in the audit log. The ends of jobs are recorded in the transactions that end them.
struct AuditLog: Sendable {
    private let store: any AuditStore
    private let logger: Logger
    private let clock: WallClock

    init(_ store: any AuditStore, logger: Logger, clock: WallClock) {
        self.store = store
        self.logger = logger
        self.clock = clock
    }

    func page(_ filter: AuditFilter) async throws -> Page<AuditRecord> { try await store.audit(filter) }

    /// Returns when the changes are durable. They have been made: a record that cannot be stored (the disk is full, say) is
    /// reported in the server log.
    func record(_ changes: [AuditedChange], by origin: RequestOrigin) async {
        guard !changes.isEmpty else { return }
        let time = clock.now
        let records = changes.map { $0.record(by: origin, at: time) }
        do {
            try await store.appendAudit(records)
        } catch {
            for record in records { report(record, error) }
        }
    }

    /// The server log has no keys.
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
