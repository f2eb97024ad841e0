import KVFiles
import KVLedger
import KVModel
import Logging

/// Runs a claimed job: to its end, to a pause, or to the end of the program.
///
/// `JobRun` is what the job's kind sees of it, and applies the batches. Each state has one owner: `JobRecorder` the job and
/// its checkpoint, `JobRequests` the request that was stored for it, `Journal` the changes.
struct JobExecution {
    let claim: JobTransitions.Claim
    let control: JobControl
    let resources: JobResources
    let transitions: JobTransitions
    let logger: Logger
    let clock: WallClock

    enum Outcome: Sendable {
        /// The job has ended, or is paused.
        case ended
        /// The program is ending; the job stays as its last checkpoint left it.
        case stopped
        /// The job has to be claimed again and continued from its last checkpoint.
        case interrupted
    }

    func run() async -> Outcome {
        let requestProgress = RequestProgress(of: claim.job, hub: transitions.hub, clock: clock)
        let recorder = JobRecorder(
            claim, in: requestProgress.context, control: control, resources: resources, transitions: transitions,
            logger: logger, clock: clock)
        let requests = JobRequests(of: claim.job, control: control, transitions: transitions)
        async let noting: Void = requestProgress.noteWaits(in: resources.ledger, logger: logger)
        let outcome = await control.whileAtWork(in: requestProgress.context) { await work(recorder, requests) }
        requestProgress.end()
        await noting
        return outcome
    }

    private func work(_ recorder: JobRecorder, _ requests: JobRequests) async -> Outcome {
        do {
            if let request = requests.due(isWithinBatch: recorder.isWithinBatch) {
                return try await recorder.end(as: .requested(request))
            }
            return try await recorder.end(as: try await perform(recorder, requests))
        } catch is CancellationError {
            // An engine was waiting for its turn, or the program has been told to end.
            if control.isShuttingDown || Task.isCancelled { return .stopped }
            recorder.beginBatch()
            do {
                guard let request = try await requests.stored() else { return .interrupted }
                return try await recorder.end(as: .requested(request))
            } catch {
                return await recorder.fail(error)
            }
        } catch {
            return await recorder.fail(error)
        }
    }

    private func perform(_ recorder: JobRecorder, _ requests: JobRequests) async throws -> JobEnding {
        let job = claim.job
        guard let kind = job.kind else { throw KVError.fromNewerVersion(job.id) }
        let engine = try resources.stores.store(named: job.store).engine.working(in: recorder.context)
        if kind.preImages != .nothingToKeep {
            recorder.journal = try await Blocking.run {
                [resources, checkpoint = claim.checkpoint] in
                try resources.files.openJournal(of: job, at: checkpoint)
            }
        }
        let run = JobRun(
            of: job, on: engine, from: claim.checkpoint?.source ?? .start, resources: resources, recorder: recorder,
            requests: requests, wait: StorageWait(job.id, control: control, hub: transitions.hub, logger: logger))
        return try await kind.run(run)
    }
}
