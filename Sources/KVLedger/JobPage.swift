package import KVModel

/// A page of a list of jobs.
package struct JobPage: Sendable {
    package var jobs: [Job]
    /// Nil when the page is the last one.
    package var cursor: PageCursor?
    /// How many jobs match the filter, as far as they were counted.
    package var total: Int
    /// Whether `total` is the number of jobs that match; false when there are more.
    package var isTotalExact: Bool

    package init(jobs: [Job], cursor: PageCursor?, total: Int, isTotalExact: Bool) {
        self.jobs = jobs
        self.cursor = cursor
        self.total = total
        self.isTotalExact = isTotalExact
    }
}

/// How many jobs there are of a kind in a state.
package struct JobCensus: Hashable, Sendable {
    package var kind: String
    package var state: String
    package var count: Int

    package init(kind: String, state: String, count: Int) {
        self.kind = kind
        self.state = state
        self.count = count
    }
}
