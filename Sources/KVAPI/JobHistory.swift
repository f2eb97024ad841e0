extension API {
    /// The answer to `GET /api/jobs/{job}/events`, the oldest first.
    package struct JobEventList: Codable, Sendable {
        package var events: [JobEvent]

        package init(events: [JobEvent]) {
            self.events = events
        }
    }

    /// Something that happened to a job.
    package struct JobEvent: Codable, Sendable {
        package var at: Time
        /// Such as `started`. Newer versions may have others.
        package var type: String
        /// For people.
        package var detail: String

        package init(at: Time, type: String, detail: String) {
            self.at = at
            self.type = type
            self.detail = detail
        }
    }

    /// A page of `GET /api/jobs/{job}/failures`.
    package struct JobFailurePage: Codable, Sendable {
        package var failures: [JobFailure]
        @Nullable package var cursor: String?

        package init(failures: [JobFailure], cursor: String?) {
            self.failures = failures
            self.cursor = cursor
        }
    }

    /// A key that a job could not process.
    package struct JobFailure: Codable, Sendable {
        /// Null for a record whose key could not be read.
        @Nullable package var key: String?
        /// The line of an imported file.
        package var line: Int?
        /// The stable code, for programs.
        package var code: String
        /// For people.
        package var detail: String
        package var attempts: Int

        package init(key: String?, line: Int?, code: String, detail: String, attempts: Int) {
            self.key = key
            self.line = line
            self.code = code
            self.detail = detail
            self.attempts = attempts
        }
    }
}
