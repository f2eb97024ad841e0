import KVLedger

@testable import KVJobs

/// The life of a job as plain values: what each operation on it leads to, from every situation.
struct JobLife: Hashable {
    enum Operation: String, CaseIterable, Sendable {
        case submit, admit, pause, resume, cancel, fail, delete, crash, restart, end

        var change: StateRequest.Change? { StateRequest.Change(rawValue: rawValue) }
    }

    enum Existence { case never, now, deleted }

    var existence = Existence.never
    var state = JobState.queued
    /// The stored request.
    var request: StateRequest.Change?
    /// Whether the ledger holds that a batch may have been begun.
    var isBegun = false
    /// Whether a runner has claimed it.
    var isClaimed = false
    /// Whether the program has died.
    var isDown = false

    /// A program that is down can only be started, a claimed job is not claimed again, and only a claimed one is run to its end.
    func allows(_ operation: Operation) -> Bool {
        switch operation {
        case .restart: true
        case .admit: !isDown && !isClaimed
        case .end: !isDown && isClaimed
        default: !isDown
        }
    }

    /// Returns whether the operation is accepted.
    mutating func apply(_ operation: Operation) -> Bool {
        switch operation {
        case .submit:
            guard existence == .never else { return false }
            existence = .now
        case .admit:
            guard existence == .now, state == .queued || state == .running else { return false }
            (state, isBegun, isClaimed) = (.running, true, true)
        case .pause, .resume, .cancel, .fail: return apply(operation.change)
        case .delete:
            guard existence == .now, state.isFinal else { return false }
            existence = .deleted
        case .crash: (isClaimed, isDown) = (false, true)
        case .restart:
            (isClaimed, isDown) = (false, false)
            guard existence == .now, state == .running else { break }
            isBegun = false
            if request == nil { state = .queued } else { takeRequest() }
        case .end:
            (isClaimed, isBegun) = (false, false)
            if request == nil { state = .completed } else { takeRequest() }
        }
        return true
    }

    private mutating func apply(_ change: StateRequest.Change?) -> Bool {
        guard existence == .now, let change else { return false }
        let isDueLater = change == .pause && state == .queued
        guard let next = isDueLater ? state : state.after(change) else { return false }
        if let request {
            guard request != change else { return true }
            guard request == .pause else { return false }
        }
        if isDueLater || isBegun && change != .resume {
            request = change
        } else {
            (state, request) = (next, nil)
        }
        return true
    }

    private mutating func takeRequest() {
        if let request, let next = state.after(request) { state = next }
        request = nil
    }

    // MARK: All situations

    /// The shortest way to each situation that operations can lead to.
    static let ways: [[Operation]] = {
        var ways: [JobLife: [Operation]] = [JobLife(): []]
        var reached: [(JobLife, [Operation])] = [(JobLife(), [])]
        var index = 0
        while index < reached.count {
            let (life, way) = reached[index]
            index += 1
            for operation in Operation.allCases where life.allows(operation) {
                var next = life
                _ = next.apply(operation)
                guard ways.updateValue(way + [operation], forKey: next) == nil else { continue }
                reached.append((next, way + [operation]))
            }
        }
        return reached.map(\.1)
    }()

    init() {}

    init(after way: [Operation]) {
        for operation in way { _ = apply(operation) }
    }
}

extension JobState {
    /// Written out again, not to test the program by itself.
    fileprivate func after(_ change: StateRequest.Change) -> JobState? {
        switch (self, change) {
        case (.running, .pause): .paused
        case (.paused, .resume): .running
        case (.queued, .cancel), (.running, .cancel), (.paused, .cancel): .cancelled
        case (.queued, .fail), (.running, .fail), (.paused, .fail): .failed
        default: nil
        }
    }
}
