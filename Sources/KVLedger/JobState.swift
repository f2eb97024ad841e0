package import KVModel

/// Where a job stands. Who moves it on: the runner, but for `pause`, `resume` and `cancel`, which people ask for.
package enum JobState: String, CaseIterable, Codable, Sendable {
    /// Waiting for a place; the runner starts it.
    case queued
    case running
    /// Stopped between two batches until somebody resumes it.
    case paused
    /// Every key is done, or was skipped as asked. Nothing failed.
    case completed
    /// The end was reached, but some keys failed; they are listed.
    case incomplete
    /// It could not go on; the error says why. What is done stays done.
    case failed
    /// Somebody stopped it. What is done stays done.
    case cancelled

    package enum Event: CaseIterable, Sendable {
        case start, pause, resume, cancel, fail
        case finish, finishWithFailures
        /// The program died under the job and has started anew.
        case recover
    }

    package var isFinal: Bool {
        switch self {
        case .queued, .running, .paused: false
        case .completed, .incomplete, .failed, .cancelled: true
        }
    }

    /// Throws `invalid_transition` where the event has no place.
    package func after(_ event: Event) throws(KVError) -> JobState {
        switch (self, event) {
        case (.queued, .start): .running
        case (.queued, .cancel): .cancelled
        case (.queued, .recover): .queued
        case (.queued, .fail): .failed
        case (.running, .pause): .paused
        case (.running, .cancel): .cancelled
        case (.running, .fail): .failed
        case (.running, .finish): .completed
        case (.running, .finishWithFailures): .incomplete
        case (.running, .recover): .queued
        case (.paused, .resume): .running
        case (.paused, .cancel): .cancelled
        case (.paused, .fail): .failed
        case (.paused, .recover): .paused
        default:
            throw KVError(.invalidTransition, "A job that is \(rawValue) cannot \(event.verb).")
        }
    }
}

extension JobState.Event {
    fileprivate var verb: String {
        switch self {
        case .start: "be started"
        case .pause: "be paused"
        case .resume: "be resumed"
        case .cancel: "be cancelled"
        case .fail: "fail"
        case .finish, .finishWithFailures: "be finished"
        case .recover: "be recovered"
        }
    }
}
