package import KVModel

/// A change that somebody made, as the audit log tells it.
package struct AuditRecord: Hashable, Sendable {
    /// Milliseconds since 1970.
    package var at: Int64
    package var who: String
    package var via: AuditVia
    package var action: AuditAction
    package var store: String
    package var namespace: NamespaceID
    /// As far as it was known when the change was made.
    package var namespaceTitle: String?
    /// Of a change of a single key; of a job, the only key that it met, by the name under which it met it.
    package var key: Key?
    /// How many keys were changed, or read out by an export.
    package var count: Int
    package var job: JobID?
    package var jobKind: JobKind?
    /// For people.
    package var detail: String
    /// The name of the request that made the change, if one did: its answer's `X-Request-Id`.
    package var request: String?
}

/// What was done. The names are for programs, and do not change.
package enum AuditAction: String, CaseIterable, Sendable {
    case namespaceCreated = "namespace_created"
    case namespaceRenamed = "namespace_renamed"
    case namespaceProtected = "namespace_protected"
    case namespaceUnprotected = "namespace_unprotected"
    case namespaceDeleted = "namespace_deleted"
    case entryWritten = "entry_written"
    case entryDeleted = "entry_deleted"
    case entriesWritten = "entries_written"
    case entriesDeleted = "entries_deleted"
    case jobCompleted = "job_completed"
    case jobIncomplete = "job_incomplete"
    case jobFailed = "job_failed"
    case jobCancelled = "job_cancelled"
    case jobDeleted = "job_deleted"
}

/// By which door it was asked for.
package enum AuditVia: String, CaseIterable, Sendable {
    case api, gateway, job
}
