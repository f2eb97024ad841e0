package import KVModel

/// Something that happened to a job.
package struct JobEvent: Hashable, Sendable {
    /// A newer version may have stored names that this one does not have.
    package struct Kind: RawRepresentable, CaseIterable, Hashable, Sendable {
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

        /// Those of this version.
        package static let allCases: [Self] = [
            created, started, progress, notice, paused, resumed, recovered, throttled, completed, incomplete, failed,
            cancelled,
        ]
    }

    package var at: Timestamp
    package var kind: Kind
    package var detail: String

    package init(at: Timestamp, kind: Kind, detail: String) {
        self.at = at
        self.kind = kind
        self.detail = detail
    }
}
