import KVModel
import NIOCore
import NIOPosix
import Synchronization

/// The line in which all requests of one credential wait for their turn: those of every job and of every screen.
///
/// `PacerState` decides; this carries it out, with a clock and with callers that wait.
final class Pacer: Sendable {
    /// The longest time that a user's request waits before it is refused with the time of the next attempt, in seconds.
    private static let patience = 10.0
    /// The maximum number of waiting requests at which a user's request is accepted.
    private static let longestLine = 500
    /// Shorter waits than this are not told of, in seconds.
    private static let noticeable = 1.0

    private struct Waiter {
        let continuation: CheckedContinuation<Void, any Error>
        let context: WorkContext
        let since: Double
    }

    private struct Line {
        var state: PacerState
        var lastNumber = 0
        var waiters: [PacerState.Ticket: Waiter] = [:]
        var totals = Pace.Totals()
        var alarm: (time: Double, task: Scheduled<Void>)?
    }

    private let line: Mutex<Line>
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    /// Milliseconds since 1970.
    private let clock: WallClock

    init(quota: RequestQuota, clock: WallClock) {
        line = Mutex(Line(state: PacerState(quota: quota)))
        self.clock = clock
    }

    var pace: Pace {
        let now = Self.now
        return line.withLock { line in
            var pace = Pace(
                quota: line.state.quota, remaining: line.state.remaining(at: now), waiting: line.state.waiting,
                throttledUntil: line.state.isRefused(at: now).map { wallTime(of: $0, now: now) })
            pace.totals = line.totals
            return pace
        }
    }

    /// Returns when a request may be sent; call `answered` when it has been answered. Jobs wait as long as necessary, or
    /// until their work ends, which throws `CancellationError`. Users get `store_throttled` if the wait would be long.
    func turn(in context: WorkContext) async throws {
        let ticket = ticket(context.priority)
        switch context.priority {
        case .users:
            try refuseIfLong()
            try await wait(ticket, context)
        case .jobs:
            try await context.whileWaiting(ended: { self.leave(ticket) }) { try await wait(ticket, context) }
        }
    }

    private func wait(_ ticket: PacerState.Ticket, _ context: WorkContext) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = line.withLock { line in
                    if Task.isCancelled || context.isOver { return true }
                    line.state.ask(ticket)
                    line.waiters[ticket] = Waiter(continuation: continuation, context: context, since: Self.now)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { advance() }
            }
        } onCancel: {
            leave(ticket)
        }
    }

    private func ticket(_ priority: WorkContext.Priority) -> PacerState.Ticket {
        line.withLock { line in
            line.lastNumber += 1
            return PacerState.Ticket(number: line.lastNumber, priority: priority)
        }
    }

    private func leave(_ ticket: PacerState.Ticket) {
        let waiter = line.withLock { line in
            line.state.withdraw(ticket)
            return line.waiters.removeValue(forKey: ticket)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// - Parameter limit: what the answer said of the quota; nil when it did not, or none came.
    func answered(_ limit: RateLimit?, _ priority: WorkContext.Priority) {
        line.withLock { $0.state.answered(priority, limit, at: Self.now) }
        advance()
    }

    /// The answer was that there have been too many requests. `seconds` nil: it did not say for how long.
    func refused(for seconds: Double?) {
        line.withLock { line in
            line.state.refused(for: seconds, at: Self.now)
            line.totals.refusals += 1
        }
        advance()
    }

    // MARK: Carrying out

    private func advance() {
        let now = Self.now
        var waits: [(WorkContext, WorkContext.Wait)] = []
        let freed = line.withLock { line in
            let (tickets, lookAgainAt) = line.state.admit(at: now)
            if let lookAgainAt {
                setAlarm(at: lookAgainAt, in: &line)
                if lookAgainAt - now > Self.noticeable { waits = self.waits(in: line, now: now) }
            }
            let admitted = tickets.compactMap { line.waiters.removeValue(forKey: $0) }
            line.totals.requests += admitted.count
            line.totals.waited += admitted.reduce(0) { $0 + now - $1.since }
            return admitted
        }
        for waiter in freed { waiter.continuation.resume() }
        for (context, wait) in waits { context.wait(wait) }
    }

    private func setAlarm(at time: Double, in line: inout Line) {
        if let alarm = line.alarm, alarm.time <= time, alarm.time > Self.now { return }
        line.alarm?.task.cancel()
        let nanoseconds = UInt64((time * 1e9).rounded(.up)) + 1
        let task = eventLoop.scheduleTask(deadline: .uptimeNanoseconds(nanoseconds)) { self.advance() }
        line.alarm = (time, task)
    }

    private func waits(in line: Line, now: Double) -> [(WorkContext, WorkContext.Wait)] {
        let wait: WorkContext.Wait
        switch line.state.obstacle(for: .jobs, at: now) {
        case .refused(let until): wait = WorkContext.Wait(reason: .refused, until: wallTime(of: until, now: now))
        case .quota(let until): wait = WorkContext.Wait(reason: .quota, until: wallTime(of: until, now: now))
        case .places, nil: return []
        }
        return line.waiters.values.map(\.context).filter { $0.priority == .jobs }.map { ($0, wait) }
    }

    private func refuseIfLong() throws {
        let now = Self.now
        let (obstacle, waiting) = line.withLock { ($0.state.obstacle(for: .users, at: now), $0.state.waiting) }
        switch obstacle {
        case .refused(let until) where until - now > Self.patience, .quota(let until) where until - now > Self.patience:
            throw KVError.throttled(secondsLeft: until - now)
        default: break
        }
        guard waiting < Self.longestLine else { throw KVError.throttled(secondsLeft: Self.patience) }
    }

    // MARK: Time

    private static var now: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }

    /// To the second, rounded up: one wait, asked about twice, has one end.
    private func wallTime(of time: Double, now: Double) -> Timestamp {
        let milliseconds = Double(clock.now.milliseconds) + (time - now) * 1_000
        return Timestamp(milliseconds: Int64((milliseconds / 1_000).rounded(.up)) * 1_000)
    }
}

extension KVError {
    static func throttled(secondsLeft: Double) -> KVError {
        KVError(
            .storeThrottled,
            "The store's quota of requests is used up; ask again in \(Int(secondsLeft.rounded(.up))) seconds.")
    }
}
