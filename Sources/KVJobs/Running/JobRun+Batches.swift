import KVFiles
import KVLedger
import KVModel

extension JobRun {
    /// Applies the step to one batch of the source after another, and records each. Returns how the run ends.
    ///
    /// While one batch is applied the next is read. A job that was stopped within a batch begins with that batch. Throws when
    /// the job cannot continue.
    func perform<Source: BatchSource>(
        _ source: Source, _ step: some Step<Source.Element>
    ) async throws -> JobEnding {
        if recorder.job.progress.total == nil { recorder.setTotal(try await source.total()) }
        guard recorder.checkpoint?.source != .end else { return .finished(try await step.finish()) }
        let journal = recorder.journal
        let pending = journal?.pending
        var batch = try await first(of: source, pending)
        try await recorder.decideOnPreImages(batch)
        recorder.resume(pending)
        var isNoted = pending?.batch != nil || source.isRepeatable
        while true {
            if let ending = try await interruption() { return ending }
            let position = batch.position
            async let following = position.asyncMap { try await source.next(after: $0) }
            if !isNoted, let journal { try await note(batch, in: journal) }
            isNoted = source.isRepeatable
            recorder.beginBatch()
            var result = batch.items.isEmpty ? StepResult() : try await step.apply(batch.items)
            if !batch.vanished.isEmpty { result.add(try await step.settle(batch.vanished)) }
            try await recorder.record(batch, result)
            if let stop = result.stop { throw stop }
            guard let next = try await following else { break }
            batch = next
        }
        return .finished(try await step.finish())
    }

    private func first<Source: BatchSource>(
        of source: Source, _ pending: PendingBatch?
    ) async throws -> Batch<Source.Element> {
        guard let begun = pending?.batch else {
            return try await source.next(after: recorder.checkpoint?.source ?? .start)
        }
        var batch = try await source.again(begun.keys)
        batch.position = begun.position
        batch.missing = begun.missing
        batch.skipped += begun.skipped
        return batch
    }

    /// Notes the keys of a batch that a listing would not return again once they are deleted.
    private func note(_ batch: Batch<some Keyed>, in journal: Journal) async throws {
        guard !batch.items.isEmpty else { return }
        let noted = JournaledBatch(
            keys: batch.items.map(\.key), missing: batch.missing, position: batch.position, skipped: batch.skipped)
        try await Blocking.run {
            try journal.note(noted)
            // Otherwise the first change seals it, before it is made.
            if !journal.keepsPreImages { try journal.seal() }
        }
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func asyncMap<Result: Sendable>(
        _ transform: @Sendable (Wrapped) async throws -> Result
    ) async throws -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
