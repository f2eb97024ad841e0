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
    package let createdAt: Timestamp
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
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
    package var request: StateRequest?

    /// Whether a batch may be partly done: the job is running, or was stopped within a batch.
    package var isBegun = false

    package init(
        id: JobID, store: String, namespace: NamespaceID, namespaceTitle: String, work: any JobWork,
        readsExactly: Bool, keepsPreImages: Bool? = nil, retryOf: JobID? = nil, createdBy: String,
        createdAt: Timestamp,
        state: JobState, progress: JobProgress = JobProgress()
    ) {
        self.id = id
        self.store = store
        self.namespace = namespace
        self.namespaceTitle = namespaceTitle
        self.work = work
        self.readsExactly = readsExactly
        self.keepsPreImages = keepsPreImages
        self.retryOf = retryOf
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.state = state
        self.progress = progress
    }

    package var kindName: String { work.kindName }

    package var stateName: String { newerState ?? state.rawValue }

    /// Whether a newer version has stored the job in a way that this one cannot read; such a job is listed and never run.
    package var isFromNewerVersion: Bool {
        work is UnknownWork || newerState != nil
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

        package init(name: String, bytes: Int) {
            self.name = name
            self.bytes = bytes
        }
    }
}
