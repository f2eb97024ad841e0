package import KVModel

/// The removal of what is no longer kept, in chunks small enough not to block other writers.
package protocol LedgerRetention: Sendable {
    /// An element when something was deleted that has to be swept. For one reader.
    var sweepRequests: AsyncStream<Void> { get }

    /// Removes all that belongs to deleted jobs and dropped key lists. A sweep that is interrupted is continued by the next.
    func sweep() async throws

    /// Removes jobs, audit records and unused key lists that are older than they are kept, and sweeps.
    func removeAged(now: Timestamp) async throws

    /// The time at which the clock was last trusted; nil in a new ledger.
    func clockTrustedAt() async throws -> Timestamp?

    func trustClock(at now: Timestamp) async throws
}

/// All that a program stores about its work.
package typealias Ledger = AuditStore & AnnotationStore & KeyListStore & JobStore & LedgerRetention
