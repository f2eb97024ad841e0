package import KVLedger

/// How a run of a job ends.
package enum JobEnding: Sendable {
    case finished(Job.Download?)
    case requested(StateRequest)
    /// The program is ending; the job stays as its last checkpoint left it.
    case stopped
}
