import KVAPI
import KVHTTP
import KVJobs
import KVLedger
import KVModel

extension API.Job {
    /// - Parameter base: The path of the server, for the address of the download.
    init(_ job: Job, below base: BasePath) {
        self.init(
            id: job.id.text, kind: job.kindName, state: job.stateName, store: job.store,
            namespace: job.namespace.text, namespaceTitle: job.namespaceTitle,
            createdAt: API.Time(job.createdAt), createdBy: job.createdBy,
            progress: API.JobProgress(job.progress, of: job.state), undoable: job.isUndoable,
            failuresRecorded: job.failuresRecorded)
        if job.isFromNewerVersion { newerVersion = true }
        selection = job.kind?.selection.map { API.SelectedKeys($0) }
        target = job.work.target.map { API.JobTarget(store: $0.store, namespace: $0.namespace) }
        for field in job.kind?.fields ?? [] { set(field) }
        if job.readsExactly { exact = true }
        startedAt = job.startedAt.map { API.Time($0) }
        finishedAt = job.finishedAt.map { API.Time($0) }
        error = job.error.map { API.JobError($0) }
        download = job.download.map { download in
            API.Download(name: download.name, bytes: download.bytes, url: "\(base.text)/api/jobs/\(job.id)/download")
        }
        retryOf = job.retryOf?.text
        undoOf = job.undoOf?.text
        undoneBy = job.undoneBy?.text
    }

    /// Sets the member that a kind of job has. `JobFieldTests` sets all fields of all kinds.
    mutating func set(_ field: JobField) {
        switch (field.name.description, field.value) {
        case ("collision", .text(let text)): collision = text
        case ("newPrefix", .text(let text)): newPrefix = text
        case ("format", .text(let text)): format = text
        case ("color", .text(let text)): color = API.Nullable(wrappedValue: text)
        case ("expiration", .number(let number)): expiration = number
        case ("never", .flag(let flag)): never = flag
        case ("force", .flag(let flag)): force = flag
        case ("gzip", .flag(let flag)): gzip = flag
        case ("neutralizeFormulas", .flag(let flag)): neutralizeFormulas = flag
        case ("strict", .flag(let flag)): strict = flag
        case ("add", .texts(let texts)): add = texts
        case ("remove", .texts(let texts)): remove = texts
        case ("replace", .texts(let texts)): replace = texts
        default: assertionFailure("API.Job has no member for the field \(field.name) of a job.")
        }
    }
}

extension API.SelectedKeys {
    init(_ selection: JobSelection) {
        switch selection {
        case .all: self.init(all: true)
        case .prefix(let prefix): self.init(prefix: prefix)
        case .keys: self.init(named: true)
        }
    }
}

extension API.JobProgress {
    init(_ progress: JobProgress, of state: JobState) {
        self.init(
            sequence: progress.sequence, processed: progress.processed, succeeded: progress.succeeded,
            failed: progress.failed, skipped: progress.skipped, missing: progress.missing, bytes: progress.bytes,
            requests: progress.requests)
        total = progress.total
        currentKey = progress.currentKey
        percentage = progress.percentage(in: state)
        ratePerSecond = state.isFinal ? nil : progress.ratePerSecond.map { ($0 * 10).rounded() / 10 }
        etaSeconds = progress.secondsLeft(in: state)
        throttledUntil = progress.throttledUntil.map { API.Time($0) }
        checking = progress.checking.map { API.FileCheck(bytes: $0.bytes, totalBytes: $0.totalBytes) }
        notice = progress.notice
    }
}

extension API.JobError {
    init(_ error: KVError) {
        self.init(code: error.codeName, detail: error.detail)
    }
}

extension API.JobFailure {
    init(_ failure: JobFailure) {
        self.init(
            key: failure.key, line: failure.line, code: failure.error.codeName, detail: failure.error.detail,
            attempts: failure.attempts)
    }
}

extension API.JobPlan {
    init(_ plan: JobPlan) {
        self.init(
            keys: plan.keys, complete: plan.isComplete, missing: plan.missing, requests: plan.requests,
            seconds: plan.seconds, bytes: plan.bytes, sample: plan.sample.map(\.name),
            warnings: plan.warnings.map { API.Warning(code: $0.code, detail: $0.detail) }, undoable: plan.isUndoable)
    }
}
