/// How far the quota of a store's credential is used.
package struct Pace: Hashable, Sendable {
    package var quota: RequestQuota
    /// Requests that may still go out in the present window, by what is known here.
    package var remaining: Int
    /// How many wait for their turn.
    package var waiting: Int
    /// Nothing is sent until then, because the store refused a request as one too many.
    package var throttledUntil: Timestamp?

    /// Since the start of the program.
    package var totals = Totals()

    package struct Totals: Hashable, Sendable {
        /// Requests sent.
        package var requests = 0
        /// Of them, those that the store refused as one too many.
        package var refusals = 0
        /// Seconds that requests waited for their turn, all together.
        package var waited = 0.0

        package init() {}
    }

    package init(quota: RequestQuota, remaining: Int, waiting: Int, throttledUntil: Timestamp?) {
        self.quota = quota
        self.remaining = remaining
        self.waiting = waiting
        self.throttledUntil = throttledUntil
    }
}
