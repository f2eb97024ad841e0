import Synchronization

/// What is asked of a running job; it looks between two batches.
final class JobControl: Sendable {
    enum Request: Sendable {
        case cancel
        /// The program is ending: stop, and leave the job as it stands.
        case stop
    }

    private let isCancelled = Atomic(false)
    private let closing: ClosingTime

    init(_ closing: ClosingTime) {
        self.closing = closing
    }

    var request: Request? {
        if isCancelled.load(ordering: .relaxed) { return .cancel }
        return closing.hasCome ? .stop : nil
    }

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }
}

/// Whether the program is ending.
final class ClosingTime: Sendable {
    private let state = Atomic(false)

    var hasCome: Bool { state.load(ordering: .relaxed) }

    func announce() {
        state.store(true, ordering: .relaxed)
    }
}
