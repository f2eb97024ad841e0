import KVLedger
import KVModel
import Testing

@testable import KVJobs

@Suite("The states of a job")
struct JobStateTests {
    /// Every pair that leads somewhere; all others are refused.
    private static let transitions: [JobState: [JobState.Event: JobState]] = [
        .queued: [.start: .running, .cancel: .cancelled, .recover: .queued, .fail: .failed],
        .running: [
            .pause: .paused, .cancel: .cancelled, .fail: .failed, .finish: .completed,
            .finishWithFailures: .incomplete, .recover: .queued,
        ],
        .paused: [.resume: .running, .cancel: .cancelled, .recover: .paused, .fail: .failed],
    ]

    @Test("each event has its place or is refused", arguments: JobState.allCases, JobState.Event.allCases)
    func pairs(state: JobState, event: JobState.Event) {
        if let next = Self.transitions[state]?[event] {
            #expect(throws: Never.self) { try #expect(state.after(event) == next) }
        } else {
            let error = #expect(throws: KVError.self) { try state.after(event) }
            #expect(error?.code == .invalidTransition)
        }
    }

    @Test("what is final stays so", arguments: JobState.allCases)
    func final(state: JobState) {
        #expect(state.isFinal == (Self.transitions[state] == nil))
    }
}
