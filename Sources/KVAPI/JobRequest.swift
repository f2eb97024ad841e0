extension API {
    /// The body of `POST /api/jobs`. A member that the kind does not have is refused.
    package struct JobRequest: Codable, Sendable {
        /// The name of a `JobKind`.
        package var kind: String
        package var store: String
        package var namespace: String
        package var selection: Selection
        /// Of a copy or a move.
        package var target: JobTarget?
        /// The name of a `Collision`; `overwrite` unless set.
        package var collision: String?
        /// Of a rename: the prefix of the keys, where the selection is not that prefix.
        package var oldPrefix: String?
        package var newPrefix: String?
        /// Unix seconds.
        package var expiration: Int?
        /// Seconds from now.
        package var ttl: Int?
        /// True removes the expiration.
        package var never: Bool?
        package var add: [String]?
        package var remove: [String]?
        package var replace: [String]?
        /// Null removes the color.
        package var color: Nullable<String>?
        /// Of an export: the name of a `FileFormat`.
        package var format: String?
        package var gzip: Bool?
        package var neutralizeFormulas: Bool?
        /// Reads every value byte for byte, even where that takes a request for each.
        package var exact: Bool?
        /// Whether what the job changes is kept for undoing it.
        package var undoable: Bool?
        /// True returns a `JobPlan`, and starts nothing.
        package var plan: Bool?

        package init(kind: String, store: String, namespace: String, selection: Selection) {
            self.kind = kind
            self.store = store
            self.namespace = namespace
            self.selection = selection
        }
    }

    /// Which keys a job is to take: exactly one member is set.
    package struct Selection: Codable, Sendable {
        package var keys: [String]?
        /// The `list` of a `KeyList`.
        package var list: String?
        package var prefix: String?
        /// True selects every key of the namespace.
        package var all: Bool?

        package init(keys: [String]? = nil, list: String? = nil, prefix: String? = nil, all: Bool? = nil) {
            self.keys = keys
            self.list = list
            self.prefix = prefix
            self.all = all
        }
    }
}
