package import KVModel

/// The records of the audit log. They are never changed, and removed only by age.
///
/// The records of a job's transitions are stored by `JobStore`, together with the transition.
package protocol AuditStore: Sendable {
    /// Appends records, all of them or none. They are durable on return. Cancelling the task does not stop it.
    ///
    /// A record without a title gets the one of the last record of its namespace.
    func appendAudit(_ records: [AuditRecord]) async throws

    /// Returns the records that match, the newest first, in the order of their time and then of their storage. Paging
    /// neither repeats nor leaves out a record while others are appended.
    ///
    /// Throws `invalid_cursor`.
    func audit(_ filter: AuditFilter) async throws -> Page<AuditRecord>
}
