import KVModel

extension AuditRecord {
    /// The end of a job; nil while it has not ended. It stands under the namespace that the job wrote to.
    init?(_ job: Job) {
        guard let action = AuditAction(endOf: job.state) else { return nil }
        at = job.finishedAt ?? job.createdAt
        who = job.createdBy
        via = .job
        self.action = action
        store = job.work.target?.store ?? job.store
        namespace = job.work.target.map { NamespaceID($0.namespace) } ?? job.namespace
        namespaceTitle = job.work.target == nil ? job.namespaceTitle : nil
        key = job.progress.processed == 1 ? job.progress.currentKey.map { Key(stored: Array($0.utf8)) } : nil
        count = job.progress.succeeded
        self.job = job.id
        jobKind = job.kind
        var remarks: [String] = []
        if job.work.target != nil { remarks.append("from \(job.namespaceTitle) (\(job.store)/\(job.namespace))") }
        if job.progress.failed > 0 { remarks.append("\(job.progress.failed.grouped) failed") }
        if let error = job.error { remarks.append(error.code.rawValue) }
        detail = remarks.joined(separator: "; ")
    }
}

extension AuditRecord {
    /// That a job has been forgotten: not what it did, which stands under its end.
    init(deletionOf job: Job, at time: Int64) {
        at = time
        who = ChangeAuthor.current?.who ?? "local"
        via = ChangeAuthor.current?.via ?? .api
        action = .jobDeleted
        store = job.store
        namespace = job.namespace
        namespaceTitle = job.namespaceTitle
        count = 0
        self.job = job.id
        jobKind = job.kind
        detail = ""
        request = ChangeAuthor.current?.request
    }
}

extension AuditAction {
    fileprivate init?(endOf state: JobState) {
        switch state {
        case .queued, .running, .paused: return nil
        case .completed: self = .jobCompleted
        case .incomplete: self = .jobIncomplete
        case .failed: self = .jobFailed
        case .cancelled: self = .jobCancelled
        }
    }
}
