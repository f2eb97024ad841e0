package import KVModel

/// A request to change the state of a job.
///
/// A request for a job that is at rest takes effect at once. A request for a job that is running is stored with the job
/// and takes effect between two batches, also after a restart of the program.
package struct StateRequest: Hashable, Codable, Sendable {
    package enum Change: String, Codable, Sendable { case pause, resume, cancel, fail }

    /// Why a job is to fail.
    private struct Reason: Hashable, Codable, Sendable {
        var code: String
        var detail: String
    }

    package let change: Change
    package let origin: RequestOrigin
    private let reason: Reason?

    /// - Parameter error: The reason of a `fail`.
    package init(_ change: Change, by origin: RequestOrigin, error: KVError? = nil) {
        self.change = change
        self.origin = origin
        reason = error.map { Reason(code: $0.codeName, detail: $0.detail) }
    }

    package var error: KVError? { reason.map { KVError(stored: $0.code, $0.detail) } }

    /// Whether the job has ended when the request has taken effect.
    package var endsJob: Bool { change == .cancel || change == .fail }

    /// What the request does to the state of a job.
    package var event: JobState.Event {
        switch change {
        case .pause: .pause
        case .resume: .resume
        case .cancel: .cancel
        case .fail: .fail
        }
    }

    /// What the request leaves on the job's timeline.
    package var eventKind: JobEvent.Kind {
        switch change {
        case .pause: .paused
        case .resume: .resumed
        case .cancel: .cancelled
        case .fail: .failed
        }
    }
}
