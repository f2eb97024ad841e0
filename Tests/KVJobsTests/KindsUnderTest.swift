import KVLedger
import KVModel
import KVTransfer
import TestSupport

@testable import KVJobs

extension JobKinds {
    /// As `App+build.swift` registers them.
    static let all = JobKinds([
        DeleteJob.self, CopyJob.self, MoveJob.self, RenameJob.self, ExpireJob.self, TagJob.self, ExportJob.self,
        UndoJob.self, ImportJob.self,
    ])
}

// Short names for tests: `.delete(.all)`.

extension JobKind where Self == DeleteJob {
    static func delete(_ keys: JobSelection) -> Self { DeleteJob(keys) }
}

extension JobKind where Self == CopyJob {
    static func copy(_ keys: JobSelection, target: JobTarget, collision: Collision) -> Self {
        CopyJob(keys, target: target, collision: collision)
    }
}

extension JobKind where Self == MoveJob {
    static func move(_ keys: JobSelection, target: JobTarget, collision: Collision) -> Self {
        MoveJob(keys, target: target, collision: collision)
    }
}

extension JobKind where Self == RenameJob {
    static func rename(_ keys: JobSelection, from: String, to: String, collision: Collision) -> Self {
        RenameJob(keys, from: from, to: to, collision: collision)
    }
}

extension JobKind where Self == ExpireJob {
    static func expire(_ keys: JobSelection, at expiration: Expiration?) -> Self { ExpireJob(keys, at: expiration) }
}

extension JobKind where Self == TagJob {
    static func tag(_ keys: JobSelection, _ change: TagChange) -> Self { TagJob(keys, change) }
}

extension JobKind where Self == ExportJob {
    static func export(_ keys: JobSelection, _ form: ExportForm) -> Self { ExportJob(keys, form) }
}

extension JobKind where Self == ImportJob {
    static func importing(format: FileFormat?, collision: Collision) -> Self {
        ImportJob(format: format, collision: collision)
    }
}

extension Job {
    init(
        id: JobID, store: String, namespace: NamespaceID, namespaceTitle: String, work: some JobKind,
        readsExactly: Bool, createdBy: String, createdAt: Timestamp, state: JobState, progress: JobProgress
    ) {
        self.init(
            id: id, store: store, namespace: namespace, namespaceTitle: namespaceTitle, work: work as any JobWork,
            readsExactly: readsExactly, createdBy: createdBy, createdAt: createdAt, state: state, progress: progress)
    }
}
