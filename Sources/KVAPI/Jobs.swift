extension API {
    /// A page of `GET /api/jobs`.
    package struct JobPage: Codable, Sendable {
        package var jobs: [Job]
        @Nullable package var cursor: String?
        /// The number of jobs that match the filter, counted up to 10,000.
        package var total: Int
        /// False when more jobs match than `total`.
        package var totalIsExact: Bool

        package init(jobs: [Job], cursor: String?, total: Int, totalIsExact: Bool) {
            self.jobs = jobs
            self.cursor = cursor
            self.total = total
            self.totalIsExact = totalIsExact
        }
    }

    /// A bulk operation: what was requested, and how far it is.
    package struct Job: Codable, Sendable {
        package var id: String
        /// The name of a `JobKind`; another one only with `newerVersion`.
        package var kind: String
        /// The name of a `JobState`; another one only with `newerVersion`.
        package var state: String
        /// True where a newer version has created the job in a way that this one cannot read; left out otherwise.
        package var newerVersion: Bool?
        package var store: String
        package var namespace: String
        /// The title when the job was created.
        package var namespaceTitle: String
        /// Which keys it takes; left out for an import.
        package var selection: SelectedKeys?
        /// The other namespace of a copy, a move, or the undo of one.
        @Nullable package var target: JobTarget?

        // Of the kinds that have them.

        /// The name of a `Collision`.
        package var collision: String?
        package var newPrefix: String?
        /// Unix seconds.
        package var expiration: Int?
        /// True for an expire job that removes the expiration.
        package var never: Bool?
        package var add: [String]?
        package var remove: [String]?
        package var replace: [String]?
        /// The name of a color, or null for none.
        package var color: Nullable<String>?
        package var force: Bool?
        package var format: String?
        package var gzip: Bool?
        package var neutralizeFormulas: Bool?
        package var strict: Bool?

        /// True where every value is read byte for byte, even where that takes a request for each; left out otherwise.
        package var exact: Bool?
        package var createdAt: Time
        @Nullable package var startedAt: Time?
        @Nullable package var finishedAt: Time?
        package var createdBy: String
        /// Null in this version.
        @Nullable package var connection: String?
        package var progress: JobProgress
        /// Why the job failed.
        @Nullable package var error: JobError?
        /// The file of an export.
        @Nullable package var download: Download?
        /// The id of the job whose failed keys it tries again.
        @Nullable package var retryOf: String?
        /// The id of the job that it undoes.
        @Nullable package var undoOf: String?
        /// The id of the newest job that undoes this one; one that failed or was cancelled does not count.
        @Nullable package var undoneBy: String?
        /// Whether it can be undone, or will be once it has ended.
        package var undoable: Bool
        /// The number of failures that are listed.
        package var failuresRecorded: Int

        package init(
            id: String, kind: String, state: String, store: String, namespace: String, namespaceTitle: String,
            createdAt: Time, createdBy: String, progress: JobProgress, undoable: Bool, failuresRecorded: Int
        ) {
            self.id = id
            self.kind = kind
            self.state = state
            self.store = store
            self.namespace = namespace
            self.namespaceTitle = namespaceTitle
            self.createdAt = createdAt
            self.createdBy = createdBy
            self.progress = progress
            self.undoable = undoable
            self.failuresRecorded = failuresRecorded
        }
    }

    /// A namespace that a job works on.
    package struct JobTarget: Codable, Sendable {
        package var store: String
        package var namespace: String

        package init(store: String, namespace: String) {
            self.store = store
            self.namespace = namespace
        }
    }

    /// Which keys a job takes: exactly one member is present. Keys that a request named are not repeated.
    package struct SelectedKeys: Codable, Sendable {
        /// True.
        package var all: Bool?
        package var prefix: String?
        /// True where the request named the keys.
        package var named: Bool?

        package init(all: Bool? = nil, prefix: String? = nil, named: Bool? = nil) {
            self.all = all
            self.prefix = prefix
            self.named = named
        }
    }

    /// Why a job failed, or a backup.
    package struct JobError: Codable, Sendable {
        /// The stable code, for programs.
        package var code: String
        /// For people.
        package var detail: String

        package init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    /// The file that a job has created.
    package struct Download: Codable, Sendable {
        package var name: String
        package var bytes: Int
        /// The path on the server, below its base path.
        package var url: String

        package init(name: String, bytes: Int, url: String) {
            self.name = name
            self.bytes = bytes
            self.url = url
        }
    }
}
