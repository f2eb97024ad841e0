package import KVModel

/// Which jobs to list, and in which order.
package struct JobFilter: Sendable {
    package enum Order: String, CaseIterable, Sendable {
        case created = "createdAt"
        case started = "startedAt"
        case finished = "finishedAt"
        case processed, failed, kind, state
    }

    package var states: [JobState] = []
    /// Their names.
    package var kinds: [String] = []
    package var store: String?
    package var namespace: String?
    /// The times of creation that are listed; both are included.
    package var since: Timestamp?
    package var until: Timestamp?
    /// The beginning of an id.
    package var id: String?
    package var minimumFailures: Int?
    package var order: Order = .created
    package var isDescending = true
    package var cursor: PageCursor?
    package var limit = 100

    package init() {}
}
