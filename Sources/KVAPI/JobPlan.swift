extension API {
    /// What a job would do: the answer to `POST /api/jobs` with `plan`.
    package struct JobPlan: Codable, Sendable {
        /// The number of keys; unless the plan is `complete`, there are at least this many.
        package var keys: Int
        package var complete: Bool
        /// The number of named keys that do not exist; null where keys are not named, or not all were looked up.
        @Nullable package var missing: Int?
        /// The number of requests to engines.
        package var requests: Int
        package var seconds: Int
        /// The bytes of the values; null where they are not known.
        @Nullable package var bytes: Int?
        /// The first keys, at most 20.
        package var sample: [String]
        package var warnings: [Warning]
        package var undoable: Bool

        package init(
            keys: Int, complete: Bool, missing: Int?, requests: Int, seconds: Int, bytes: Int?, sample: [String],
            warnings: [Warning], undoable: Bool
        ) {
            self.keys = keys
            self.complete = complete
            self.missing = missing
            self.requests = requests
            self.seconds = seconds
            self.bytes = bytes
            self.sample = sample
            self.warnings = warnings
            self.undoable = undoable
        }
    }

    /// Something to know before a job is started.
    package struct Warning: Codable, Sendable {
        /// The stable code, for programs.
        package var code: String
        /// For people.
        package var detail: String

        package init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }
}
