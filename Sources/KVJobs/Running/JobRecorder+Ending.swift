import KVLedger
import KVModel
import Logging

/// How a run ends: by its source, by a request, or by an error.
extension JobRecorder {
    private static let partialBatch =
        "The job failed within a batch. Some keys of that batch may have been changed, of a move also be under both names; "
        + "they are not counted. An undo of the job includes them."

    /// Ends or pauses the job: as its run ended, or as a request demands that was stored meanwhile.
    func end(as ending: JobEnding) async throws -> JobExecution.Outcome {
        var ending = ending
        while true {
            do {
                switch ending {
                case .stopped: return .stopped
                case .requested(let request): try await end(by: request)
                case .finished(let download): try await finish(download)
                }
                return .ended
            } catch let pending as JobTransitions.Superseded {
                ending = .requested(pending.request)
            }
        }
    }

    private func end(by request: StateRequest) async throws {
        var ended = try job.ended(by: request.event, at: clock.now, error: request.error)
        if !ended.state.isFinal, isWithinBatch { ended.isBegun = try await resources.hasBegunBatch(job.id) }
        let detail = request.error?.detail ?? summary(of: ended)
        try await store(ended, by: request, events: [event(request.eventKind, detail)])
    }

    private func finish(_ download: Job.Download?) async throws {
        let hasFailures = job.progress.failed > 0
        var ended = try job.ended(by: hasFailures ? .finishWithFailures : .finish, at: clock.now)
        ended.download = download
        ended.progress.total = ended.progress.processed
        let milestones = milestones(from: job.progress.percentage(in: job.state), to: ended)
        let end = event(hasFailures ? .incomplete : .completed, summary(of: ended))
        try await store(ended, by: nil, events: milestones + [end])
    }

    func fail(_ error: any Error) async -> JobExecution.Outcome {
        if error is JobTransitions.ClaimLost {
            logger.error("A job was changed while it was running", metadata: ["job": "\(job.id)"])
            return .ended
        }
        let reason =
            (error as? KVError)
            ?? KVError(.internalError, "Internal error. See the server log for this job.", cause: "\(error)")
        // The detail may name keys, which are not for the log.
        logger.log(
            level: reason.cause == nil ? .notice : .error, "Job failed",
            metadata: ["job": "\(job.id)", "code": "\(reason.codeName)", "cause": "\(reason.cause ?? "-")"])
        do {
            let failed = try job.ended(by: .fail, at: clock.now, error: reason)
            let isPartial = if isWithinBatch { try await resources.hasBegunBatch(job.id) } else { false }
            let notices = isPartial ? [event(.notice, Self.partialBatch)] : []
            try await store(failed, by: nil, events: notices + [event(.failed, reason.detail)])
            return .ended
        } catch {
            // The program ends before there was room. Nothing was shown of the end; the job continues at the next start.
            logger.error("A failed job could not be noted", metadata: ["job": "\(job.id)", "error": "\(error)"])
            return .interrupted
        }
    }

    private func summary(of ended: Job) -> String {
        let progress = ended.progress
        var counts =
            "\(progress.succeeded.grouped) done, \(progress.skipped.grouped) skipped, \(progress.failed.grouped) failed"
        if progress.missing > 0 {
            let found = progress.processed - progress.missing
            counts += "; \(found.grouped) of \(progress.processed.grouped) named keys existed"
        }
        guard ended.state == .cancelled, isWithinBatch else { return counts }
        return counts + "; of the batch that was at hand some keys may have been done, and are not counted"
    }
}

extension Job {
    fileprivate func ended(by event: JobState.Event, at time: Timestamp, error: KVError? = nil) throws(KVError) -> Job {
        var job = self
        job.state = try state.after(event)
        job.finishedAt = job.state.isFinal ? time : nil
        job.error = error
        job.isBegun = false
        if !job.state.isFinal { job.progress.ratePerSecond = nil }
        job.progress.throttledUntil = nil
        return job
    }
}
