package import KVModel

/// A change of data, as the audit log lists it.
package struct AuditRecord: Hashable, Sendable {
    package var at: Timestamp
    package var who: String
    package var via: AuditVia
    package var action: AuditAction
    package var store: String
    package var namespace: NamespaceID
    /// The title at the time of the change; nil where it was not known.
    package var namespaceTitle: String?
    /// The key, where a single one was changed. For a job, the only key that it processed.
    package var key: Key?
    /// The number of keys that were changed, or that were exported.
    package var count: Int
    package var job: JobID?
    package var jobKind: String?
    /// For people.
    package var detail: String
    /// The `X-Request-Id` of the request that made the change; nil where a job made it.
    package var request: String?

    package init(
        at: Timestamp, who: String, via: AuditVia, action: AuditAction, store: String, namespace: NamespaceID,
        namespaceTitle: String? = nil, key: Key? = nil, count: Int, job: JobID? = nil, jobKind: String? = nil,
        detail: String, request: String? = nil
    ) {
        self.at = at
        self.who = who
        self.via = via
        self.action = action
        self.store = store
        self.namespace = namespace
        self.namespaceTitle = namespaceTitle
        self.key = key
        self.count = count
        self.job = job
        self.jobKind = jobKind
        self.detail = detail
        self.request = request
    }
}

/// What was done. The names are for programs, and do not change. A newer version may have stored names that this one does
/// not have.
package struct AuditAction: RawRepresentable, CaseIterable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let namespaceCreated = Self(rawValue: "namespace_created")
    package static let namespaceRenamed = Self(rawValue: "namespace_renamed")
    package static let namespaceProtected = Self(rawValue: "namespace_protected")
    package static let namespaceUnprotected = Self(rawValue: "namespace_unprotected")
    package static let namespaceDeleted = Self(rawValue: "namespace_deleted")
    package static let entryWritten = Self(rawValue: "entry_written")
    package static let entryDeleted = Self(rawValue: "entry_deleted")
    package static let entriesWritten = Self(rawValue: "entries_written")
    package static let entriesDeleted = Self(rawValue: "entries_deleted")
    package static let jobPaused = Self(rawValue: "job_paused")
    package static let jobResumed = Self(rawValue: "job_resumed")
    package static let jobCompleted = Self(rawValue: "job_completed")
    package static let jobIncomplete = Self(rawValue: "job_incomplete")
    package static let jobFailed = Self(rawValue: "job_failed")
    package static let jobCancelled = Self(rawValue: "job_cancelled")
    package static let jobDeleted = Self(rawValue: "job_deleted")

    /// Those of this version.
    package static let allCases: [Self] = [
        namespaceCreated, namespaceRenamed, namespaceProtected, namespaceUnprotected, namespaceDeleted, entryWritten,
        entryDeleted, entriesWritten, entriesDeleted, jobPaused, jobResumed, jobCompleted, jobIncomplete, jobFailed,
        jobCancelled, jobDeleted,
    ]
}

/// How a change was asked for. A newer version may have stored names that this one does not have.
package struct AuditVia: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let api = Self(rawValue: "api")
    package static let gateway = Self(rawValue: "gateway")
    package static let job = Self(rawValue: "job")
}
