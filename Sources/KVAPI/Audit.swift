extension API {
    /// A page of `GET /api/audit`, the newest first.
    package struct AuditPage: Codable, Sendable {
        package var audit: [AuditRecord]
        @Nullable package var cursor: String?

        package init(audit: [AuditRecord], cursor: String?) {
            self.audit = audit
            self.cursor = cursor
        }
    }

    /// A change of data.
    package struct AuditRecord: Codable, Sendable {
        package var at: Time
        package var who: String
        /// `api`, `gateway` or `job`. Newer versions may have others.
        package var via: String
        /// The name of an `AuditAction`. Newer versions may have others.
        package var action: String
        package var store: String
        package var namespace: String
        /// The title at the time of the change; null where it was not known.
        @Nullable package var namespaceTitle: String?
        /// The key, where a single one was changed.
        @Nullable package var key: String?
        /// The number of keys that were changed, or exported.
        package var count: Int
        /// The id of the job that made the change.
        @Nullable package var job: String?
        @Nullable package var jobKind: String?
        /// For people.
        package var detail: String
        /// The `X-Request-Id` of the request that made the change.
        @Nullable package var request: String?

        package init(
            at: Time, who: String, via: String, action: String, store: String, namespace: String,
            namespaceTitle: String?, key: String?, count: Int, job: String?, jobKind: String?, detail: String,
            request: String?
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
}
