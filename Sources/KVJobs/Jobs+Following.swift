package import KVLedger
package import KVModel

/// Jobs that follow from others.
extension Jobs {
    /// Creates a job of the keys that another one failed at; where that one failed and no key of it did, it is repeated.
    ///
    /// Throws `invalid_transition` while that one has not ended, and `nothing_to_retry`.
    package func retry(
        _ id: JobID, createdBy: String, idempotencyKey: IdempotencyKey?, in context: WorkContext = .users
    ) async throws -> Job {
        let (failed, kind) = try await ended(id, to: "be retried")
        let isRepeated = failed.progress.failed == 0
        guard !isRepeated || failed.state == .failed else {
            throw KVError(.nothingToRetry, "No key of the job \"\(id)\" has failed, so there is nothing to retry.")
        }
        let work =
            isRepeated ? kind : kind.limited(to: try await ledger.newKeyList(ofFailuresOf: id, now: clock.now))
        var draft = Draft(
            store: failed.store, namespace: failed.namespace, work: work, readsExactly: failed.readsExactly,
            keepsPreImages: failed.keepsPreImages, retryOf: id, createdBy: createdBy, idempotencyKey: idempotencyKey)
        draft.usesList = isRepeated
        draft.context = context
        if failed.progress.failed > failed.failuresRecorded {
            draft.remark =
                "of the \(failed.failuresRecorded.grouped) failures that are listed; \(failed.progress.failed.grouped) keys "
                + "failed. Repeat the whole job for the others."
        }
        return kind.readsUpload
            ? try await createImport(draft, sharing: id)
            : try await create(draft)
    }

    /// A job that puts back what another one has changed. Throws `invalid_transition` while that one has not ended, and
    /// `not_undoable`.
    ///
    /// - Parameter isForced: Also keys that somebody has changed since.
    package func undo(
        _ id: JobID, isForced: Bool, createdBy: String, idempotencyKey: IdempotencyKey?,
        in context: WorkContext = .users
    ) async throws -> Job {
        let (done, kind) = try await ended(id, to: "be undone")
        guard done.isUndoable, files.hasJournal(of: id) else { throw KVError.notUndoable(id) }
        var draft = Draft(
            store: done.store, namespace: done.namespace,
            work: UndoJob(of: id, target: kind.target, isForced: isForced, ofTags: kind.changesAnnotationsOnly),
            readsExactly: done.readsExactly, keepsPreImages: true, createdBy: createdBy,
            idempotencyKey: idempotencyKey)
        draft.context = context
        return try await create(draft)
    }

    /// Ends the jobs of a namespace that is gone.
    package func endJobs(of namespace: NamespaceID, in store: String, by origin: RequestOrigin) async throws {
        let request = StateRequest(.fail, by: origin, error: .noNamespace(namespace))
        for job in try await ledger.unfinishedJobs() where !job.isFromNewerVersion {
            let isTarget = job.work.target == JobTarget(store: store, namespace: namespace.text)
            guard isTarget || (job.store == store && job.namespace == namespace) else { continue }
            do {
                _ = try await runner.apply(request, to: job.id)
            } catch let error as KVError where error.code == .invalidTransition {
                // It has just ended, or is about to.
            }
        }
    }

    /// Forgets a job that has ended, with its events, failures and files. Throws `invalid_transition` while it has not,
    /// or while an undo or a retry of it has not.
    package func delete(_ id: JobID, by origin: RequestOrigin) async throws {
        do {
            try await ledger.delete(id, by: origin, at: clock.now)
        } catch let error as KVError where error.code == .diskFull {
            // It may be deleted; what fills the disk may be its files.
            await files.removeFiles(of: id)
            try await ledger.delete(id, by: origin, at: clock.now)
        }
        await files.removeFiles(of: id)
    }

    private func ended(_ id: JobID, to verb: String) async throws -> (Job, any JobKind) {
        let job = try await job(id)
        guard let kind = job.kind, !job.isFromNewerVersion else { throw KVError.fromNewerVersion(id) }
        guard job.state.isFinal else { throw job.hasNotEnded(to: verb) }
        return (job, kind)
    }
}
