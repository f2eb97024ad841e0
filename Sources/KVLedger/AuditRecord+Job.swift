package import KVModel

extension AuditRecord {
    /// The end of a job, or its pause or resumption by a request; nil for other changes of its state. It stands under the
    /// namespace that the job wrote to.
    ///
    /// - Parameters:
    ///   - state: The one that the job had before.
    ///   - origin: The request by which the job changes; nil: it changes by itself.
    package init?(_ job: Job, after state: JobState, by origin: RequestOrigin?, at time: Timestamp) {
        guard job.state != state, let action = AuditAction(job.state, isRequested: origin != nil) else { return nil }
        var remarks: [String] = []
        if job.work.target != nil { remarks.append("from \(job.namespaceTitle) (\(job.store)/\(job.namespace))") }
        if job.progress.failed > 0 { remarks.append("\(job.progress.failed.grouped) failed") }
        if let error = job.error { remarks.append(error.codeName) }
        self.init(
            at: job.finishedAt ?? time, who: origin?.user ?? job.createdBy, via: origin?.via ?? .job, action: action,
            store: job.work.target?.store ?? job.store,
            namespace: job.work.target.map { NamespaceID($0.namespace) } ?? job.namespace,
            namespaceTitle: job.work.target == nil ? job.namespaceTitle : nil,
            key: job.progress.processed == 1 ? job.progress.currentKey.map { Key(stored: Array($0.utf8)) } : nil,
            count: job.progress.succeeded, job: job.id, jobKind: job.kindName, detail: remarks.joined(separator: "; "),
            request: origin?.request)
    }
}

extension AuditRecord {
    /// Records that a job has been deleted. What it did is recorded with its end.
    package init(deletionOf job: Job, by origin: RequestOrigin, at time: Timestamp) {
        self.init(
            at: time, who: origin.user, via: origin.via, action: .jobDeleted, store: job.store,
            namespace: job.namespace, namespaceTitle: job.namespaceTitle, count: 0, job: job.id,
            jobKind: job.kindName, detail: "", request: origin.request)
    }
}

extension AuditAction {
    fileprivate init?(_ state: JobState, isRequested: Bool) {
        switch state {
        case .queued: return nil
        case .running where isRequested: self = .jobResumed
        case .paused where isRequested: self = .jobPaused
        case .running, .paused: return nil
        case .completed: self = .jobCompleted
        case .incomplete: self = .jobIncomplete
        case .failed: self = .jobFailed
        case .cancelled: self = .jobCancelled
        }
    }
}
