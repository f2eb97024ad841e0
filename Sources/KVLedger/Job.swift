package import KVLedger
package import KVModel

/// One bulk operation, as it was asked for and as it stands.
package struct Job: Sendable {
    /// With fewer keys, what is replaced or deleted is kept also where reading it costs requests.
    package static let keysWithPreImages = 10_000

    /// Failures that are listed of a job; it counts further ones.
    package static let maximumFailures = 100_000

    package let id: JobID
    package let store: String
    package let namespace: NamespaceID
    /// The title when the job was made, which tells more than the id of a namespace that is gone.
    package let namespaceTitle: String
    package let work: any JobWork
    /// Whether values are read byte for byte also where that takes a request for each.
    package let readsExactly: Bool
    /// Whether what it replaces or deletes is kept, so that it can be undone; nil: its first batch will tell.
    package var keepsPreImages: Bool?
    /// The job whose failed keys it tries again.
    package var retryOf: JobID?
    package let createdBy: String
    /// Milliseconds since 1970, as are the others.
    package let createdAt: Int64
    package var startedAt: Int64?
    package var finishedAt: Int64?
    package var state: JobState
    package var progress: JobProgress
    /// Why it failed.
    package var error: KVError?
    package var download: Download?

    /// How many changes are kept for undoing it.
    package var changes = 0

    /// The newest job that undoes it, or did; one that failed or was cancelled is not meant.
    package var undoneBy: JobID?

    /// The state as a newer version has stored it, when this version does not have it.
    package var newerState: String?

    /// A request that takes effect after the batch at hand.
    var request: StateRequest?

    /// Whether a batch may be partly done: the job is running, or was stopped within a batch.
    var isBegun = false

    /// The specification; nil when a newer version has stored it.
    package var kind: (any JobKind)? { work as? any JobKind }

    package var kindName: String { work.kindName }

    package var stateName: String { newerState ?? state.rawValue }

    /// Whether a newer version has stored the job in a way that this one cannot read; such a job is listed and never run.
    package var isFromNewerVersion: Bool {
        kind == nil || newerState != nil
    }

    package var undoOf: JobID? { work.undoOf }

    /// How many of the failures are listed.
    package var failuresRecorded: Int { min(progress.failed, Self.maximumFailures) }

    /// Whether it can be undone, or will be able to be once it has ended.
    package var isUndoable: Bool {
        !isFromNewerVersion && keepsPreImages == true && (state.isFinal ? changes > 0 : true)
    }

    /// A file that the job has made.
    package struct Download: Hashable, Codable, Sendable {
        package var name: String
        package var bytes: Int
    }
}

/// A key that a job could not do, or a line that an import could not read.
package struct JobFailure: Hashable, Sendable {
    package var key: String?
    package var line: Int?
    package var error: KVError
    package var attempts: Int

    package init(key: String?, line: Int? = nil, error: KVError, attempts: Int = 1) {
        self.key = key
        self.line = line
        self.error = error
        self.attempts = attempts
    }
}

/// Something that happened to a job.
package struct JobEvent: Hashable, Sendable {
    /// A newer version may have stored names that this one does not have.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let created = Self(rawValue: "created")
        package static let started = Self(rawValue: "started")
        package static let progress = Self(rawValue: "progress")
        package static let notice = Self(rawValue: "notice")
        package static let paused = Self(rawValue: "paused")
        package static let resumed = Self(rawValue: "resumed")
        package static let recovered = Self(rawValue: "recovered")
        package static let throttled = Self(rawValue: "throttled")
        package static let completed = Self(rawValue: "completed")
        package static let incomplete = Self(rawValue: "incomplete")
        package static let failed = Self(rawValue: "failed")
        package static let cancelled = Self(rawValue: "cancelled")
    }

    /// Milliseconds since 1970.
    package var at: Int64
    package var kind: Kind
    package var detail: String
}
