package import KVBackup
package import KVJobs
package import KVLedger
package import KVModel
package import Logging

/// The parts of the program that all workspaces share.
package final class WorkspaceResources: Sendable {
    let stores: Stores
    let jobs: Jobs
    let annotations: any AnnotationStore
    let audit: AuditLog
    let backups: Backups
    let logger: Logger
    /// Start them before the first request, and run them as a service.
    package let keyListThreads = KeyListThreads()
    let titles = NamespaceTitles()

    package init(
        stores: Stores, jobs: Jobs, ledger: any AuditStore & AnnotationStore, backups: Backups, logger: Logger,
        clock: WallClock
    ) {
        self.stores = stores
        self.jobs = jobs
        self.backups = backups
        self.logger = logger
        annotations = ledger
        audit = AuditLog(ledger, logger: logger, clock: clock)
    }

    /// The files in which bodies are received.
    package var files: JobFiles { jobs.files }
    /// The kinds of jobs that the program has.
    package var jobKinds: JobKinds { jobs.kinds }
}
