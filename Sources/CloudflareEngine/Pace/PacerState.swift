import KVModel

/// Decides which request goes when, so that a quota is not overrun. Pure: it is told what happened and at what time (in
/// seconds, from any origin), and answers what to do.
///
/// **How much.** In any interval as long as the quota's window no more go out than the quota, whatever window the server
/// counts in: a burst at once, then as many as leave the interval. (A bucket that fills steadily would let nearly twice
/// the quota through in one of the server's windows, or be kept from bursts.) What answers say of the quota counts
/// where it is less, since others may use the same credential.
/// **Who.** Users first, then jobs, each in the order of asking. Jobs leave a tenth of the quota to users.
struct PacerState {
    struct Ticket: Hashable {
        let number: Int
        let priority: WorkContext.Priority
    }

    /// Requests at once, and how many of them may be of jobs.
    static let places = 16
    static let placesForJobs = 12
    /// Beyond a window's end, for requests that were quicker on their way than those before them, as a part of the window.
    private static let slack = 0.01

    let quota: RequestQuota
    /// The part of the quota that jobs leave to users.
    private let reserved: Int
    private let window: Double

    private var lines: [WorkContext.Priority: [Ticket]] = [.users: [], .jobs: []]
    /// When requests went out, of those that still count.
    private var sent: [Double] = []
    private var inFlight: [WorkContext.Priority: Int] = [:]
    /// By the last answer that told.
    private var told: (remaining: Int, resetsAt: Double, quota: Int)?
    private var refusedUntil: Double?

    init(quota: RequestQuota) {
        self.quota = quota
        reserved = quota.requests / 10
        window = quota.seconds + min(1, max(0.02, quota.seconds * Self.slack))
    }

    /// What stands between a request and its way out.
    enum Obstacle: Hashable {
        case refused(until: Double)
        case quota(until: Double)
        /// Until another request has been answered.
        case places
    }

    // MARK: Asking

    mutating func ask(_ ticket: Ticket) {
        lines[ticket.priority, default: []].append(ticket)
    }

    /// The ticket is no longer in line, should it have been.
    mutating func withdraw(_ ticket: Ticket) {
        lines[ticket.priority]?.removeAll { $0 == ticket }
    }

    /// Those whose turn it is: they count as sent now. Until the returned time there is nothing more to do unless something
    /// else happens.
    mutating func admit(at now: Double) -> (admitted: [Ticket], lookAgainAt: Double?) {
        forget(at: now)
        var admitted: [Ticket] = []
        for priority in [WorkContext.Priority.users, .jobs] {
            while let first = lines[priority]?.first {
                switch obstacle(for: priority, at: now) {
                case nil:
                    lines[priority]?.removeFirst()
                    admitted.append(first)
                    count(priority, at: now)
                case .places: return (admitted, nil)
                case .refused(let time), .quota(let time): return (admitted, time)
                }
            }
        }
        return (admitted, nil)
    }

    func obstacle(for priority: WorkContext.Priority, at now: Double) -> Obstacle? {
        if let refusedUntil, refusedUntil > now { return .refused(until: refusedUntil) }
        let kept = priority == .jobs ? reserved : 0
        // A server may count in smaller windows than was said here.
        if let told, told.resetsAt > now, told.remaining <= min(kept, told.quota / 10) {
            return .quota(until: told.resetsAt)
        }
        let allowed = quota.requests - kept
        let counting = sent.drop { $0 + window <= now }
        if counting.count >= allowed {
            return .quota(until: counting[counting.endIndex - allowed] + window)
        }
        let atWork = inFlight[.users, default: 0] + inFlight[.jobs, default: 0]
        let isFull = priority == .jobs && inFlight[.jobs, default: 0] >= Self.placesForJobs
        return isFull || atWork >= Self.places ? .places : nil
    }

    // MARK: Answers

    mutating func answered(_ priority: WorkContext.Priority, _ limit: RateLimit?, at now: Double) {
        inFlight[priority, default: 1] -= 1
        guard let limit else { return }
        // Those on their way may not be in what it says.
        let onTheirWay = inFlight.values.reduce(0, +)
        told = (max(0, limit.remaining - onTheirWay), now + limit.seconds, limit.quota ?? quota.requests)
    }

    /// The store has refused a request as one too many: nothing goes out until `seconds` are over.
    mutating func refused(for seconds: Double?, at now: Double) {
        refusedUntil = max(refusedUntil ?? 0, now + (seconds ?? quota.seconds))
    }

    // MARK: Asked about

    /// Requests of users that may be sent now.
    func remaining(at now: Double) -> Int {
        if let refusedUntil, refusedUntil > now { return 0 }
        let own = quota.requests - sent.drop { $0 + window <= now }.count
        guard let told, told.resetsAt > now else { return own }
        return min(own, told.remaining)
    }

    var waiting: Int { lines.values.reduce(0) { $0 + $1.count } }

    func isRefused(at now: Double) -> Double? { refusedUntil.flatMap { $0 > now ? $0 : nil } }

    private mutating func count(_ priority: WorkContext.Priority, at now: Double) {
        sent.append(now)
        inFlight[priority, default: 0] += 1
        told?.remaining -= 1
    }

    private mutating func forget(at now: Double) {
        sent.removeFirst(sent.prefix { $0 + window <= now }.count)
        if let resetsAt = told?.resetsAt, resetsAt <= now { told = nil }
    }
}
