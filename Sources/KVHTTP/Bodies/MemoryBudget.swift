import Synchronization

/// The bytes of memory that the buffered bodies of all connections share.
///
/// A reservation that does not fit waits for its turn, first come, first served, for a bounded time.
package final class MemoryBudget: Sendable {
    /// The budget has no room, and none came free in time.
    package struct Exhausted: Error {
        /// Seconds after which a client may try again.
        package let retryAfter: Int
    }

    package static let defaultBytes = 256 << 20
    private static let maximumWaiters = 100

    /// All bytes of the budget, reserved or not.
    package let bytes: Int
    private let patience: Duration
    private let state: Mutex<State>
    private let reclaimer: MemoryReclaimer

    /// - Parameters:
    ///   - bytes: The bytes that may be reserved at the same time.
    ///   - patience: The longest time that a reservation waits.
    ///   - reclaim: Gives memory that is free back to the system; called now and then after large reservations, off the
    ///     event loops.
    package convenience init(
        bytes: Int = defaultBytes, patience: Duration = .seconds(10), reclaim: @escaping @Sendable () -> Void = {}
    ) {
        self.init(bytes: bytes, patience: patience, MemoryReclaimer(reclaim))
    }

    private init(bytes: Int, patience: Duration, _ reclaimer: MemoryReclaimer) {
        self.bytes = bytes
        self.patience = patience
        state = Mutex(State(free: bytes))
        self.reclaimer = reclaimer
    }

    /// A budget besides this one, for work of one sort.
    func besides(bytes: Int, patience: Duration) -> MemoryBudget {
        MemoryBudget(bytes: bytes, patience: patience, reclaimer)
    }

    /// Bytes that are reserved at the moment.
    package var reserved: Int { state.withLock { bytes - $0.free } }

    /// Reservations that wait for their turn.
    var waiting: Int { state.withLock { $0.waiting } }

    /// Reserves bytes if they fit at once and half of the budget stays free.
    ///
    /// Memory that a client holds for as long as it likes, such as an answer that it does not read, is reserved this
    /// way: such clients can never take the half that requests need for a short time.
    package func reserveIfHalfIsFree(_ bytes: Int) -> MemoryReservation? {
        let isReserved = state.withLock { $0.take(bytes, leaving: self.bytes / 2) }
        return isReserved ? MemoryReservation(of: bytes, in: self) : nil
    }

    /// Reserves bytes; more than the whole budget counts as the whole budget.
    ///
    /// Throws ``Exhausted`` when no room comes free in time or too many requests wait already, and `CancellationError`.
    package func reserve(_ bytes: Int) async throws -> MemoryReservation {
        let bytes = min(bytes, self.bytes)
        switch state.withLock({ $0.request(bytes, atMost: Self.maximumWaiters) }) {
        case .granted: break
        case .refused: throw exhausted
        case .waits(let ticket):
            // It is cancelled at the end of this scope.
            async let _: Void = expire(ticket)
            try await wait(ticket)
        }
        return MemoryReservation(of: bytes, in: self)
    }

    private var exhausted: Exhausted { Exhausted(retryAfter: max(1, Int(patience.components.seconds) / 2)) }

    private func expire(_ ticket: Int) async {
        do { try await Task.sleep(for: patience) } catch { return }
        end(ticket, with: exhausted)
    }

    private func end(_ ticket: Int, with error: any Error) {
        for turn in state.withLock({ $0.remove(ticket, because: error) }) { turn.resume() }
    }

    private func wait(_ ticket: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.await(ticket, continuation) }?.resume()
            }
        } onCancel: {
            end(ticket, with: CancellationError())
        }
    }

    fileprivate func release(_ bytes: Int) {
        for turn in state.withLock({ $0.release(bytes) }) { turn.resume() }
        reclaimer.released(bytes)
    }
}

/// Bytes of the budget, which are free again when this object is gone.
package final class MemoryReservation: Sendable {
    private let budget: MemoryBudget
    package let bytes: Int

    fileprivate init(of bytes: Int, in budget: MemoryBudget) {
        self.bytes = bytes
        self.budget = budget
    }

    deinit { budget.release(bytes) }
}

extension MemoryBudget {
    fileprivate typealias Continuation = CheckedContinuation<Void, any Error>

    /// A waiter whose waiting is over.
    fileprivate struct Turn {
        var continuation: Continuation
        var result: Result<Void, any Error>

        func resume() { continuation.resume(with: result) }
    }

    fileprivate enum Answer {
        case granted, refused
        case waits(ticket: Int)
    }

    fileprivate struct State {
        var free: Int
        private var queue: [(ticket: Int, bytes: Int)] = []
        private var continuations: [Int: Continuation] = [:]
        /// Results of tickets whose continuation is not there yet.
        private var results: [Int: Result<Void, any Error>] = [:]
        private var nextTicket = 0

        init(free: Int) {
            self.free = free
        }

        var waiting: Int { queue.count }

        mutating func take(_ bytes: Int, leaving rest: Int) -> Bool {
            guard queue.isEmpty, free - bytes >= rest else { return false }
            free -= bytes
            return true
        }

        mutating func request(_ bytes: Int, atMost limit: Int) -> Answer {
            if take(bytes, leaving: 0) { return .granted }
            guard queue.count < limit else { return .refused }
            nextTicket += 1
            queue.append((nextTicket, bytes))
            return .waits(ticket: nextTicket)
        }

        /// Returns the turn when the waiting is over already.
        mutating func await(_ ticket: Int, _ continuation: Continuation) -> Turn? {
            if let result = results.removeValue(forKey: ticket) {
                return Turn(continuation: continuation, result: result)
            }
            continuations[ticket] = continuation
            return nil
        }

        /// Ends the waiting of a ticket that has not been granted. Those after it may fit now.
        mutating func remove(_ ticket: Int, because error: any Error) -> [Turn] {
            guard let index = queue.firstIndex(where: { $0.ticket == ticket }) else { return [] }
            queue.remove(at: index)
            return [end(ticket, .failure(error))].compactMap(\.self) + grant()
        }

        mutating func release(_ bytes: Int) -> [Turn] {
            free += bytes
            return grant()
        }

        private mutating func grant() -> [Turn] {
            var turns: [Turn] = []
            while let first = queue.first, first.bytes <= free {
                free -= first.bytes
                queue.removeFirst()
                if let turn = end(first.ticket, .success(())) { turns.append(turn) }
            }
            return turns
        }

        private mutating func end(_ ticket: Int, _ result: Result<Void, any Error>) -> Turn? {
            if let continuation = continuations.removeValue(forKey: ticket) {
                return Turn(continuation: continuation, result: result)
            }
            results[ticket] = result
            return nil
        }
    }
}
