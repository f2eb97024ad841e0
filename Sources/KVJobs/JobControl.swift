import KVModel
import Synchronization

/// What is asked of a running job; it looks between two batches.
final class JobControl: Sendable {
    enum Request: Hashable, Sendable {
        case pause, cancel
        /// It cannot go on.
        case fail(KVError)
        /// The program is ending: stop, and leave the job as it stands.
        case stop

        fileprivate var isFinal: Bool {
            switch self {
            case .cancel, .fail: true
            case .pause, .stop: false
            }
        }
    }

    private struct State {
        var asked: Request?
        var work: EngineWork?
    }

    private let state = Mutex(State())
    private let closing: ClosingTime

    init(_ closing: ClosingTime) {
        self.closing = closing
    }

    var request: Request? {
        state.withLock { $0.asked } ?? (closing.hasCome ? .stop : nil)
    }

    /// What ends the job cannot be taken back by a pause.
    func ask(_ request: Request) {
        let work = state.withLock { state in
            if state.asked?.isFinal != true { state.asked = request }
            return state.work
        }
        work?.end()
    }

    /// Whatever `body` asks of engines is for this work. What has not been asked when the job is to stop is not asked any
    /// more: a quota may make a batch wait for minutes.
    func whileAtWork<Result>(_ work: EngineWork, _ body: () async -> Result) async -> Result {
        state.withLock { $0.work = work }
        closing.ends(work)
        defer { closing.leaves(work) }
        if request != nil { work.end() }
        return await EngineWork.$current.withValue(work) { await body() }
    }
}

/// Whether the program is ending.
final class ClosingTime: Sendable {
    private struct State {
        var hasCome = false
        /// What jobs have under way.
        var works: [ObjectIdentifier: EngineWork] = [:]
    }

    private let state = Mutex(State())

    var hasCome: Bool { state.withLock { $0.hasCome } }

    func announce() {
        let works = state.withLock { state in
            state.hasCome = true
            return state.works.values
        }
        for work in works { work.end() }
    }

    func ends(_ work: EngineWork) {
        state.withLock { $0.works[ObjectIdentifier(work)] = work }
    }

    func leaves(_ work: EngineWork) {
        state.withLock { $0.works[ObjectIdentifier(work)] = nil }
    }
}
