package import KVLedger
import KVModel

/// Restores what another job has changed.
package struct UndoJob: JobKind {
    package static let name = "undo"
    package static let options: JobOptions = []

    private let job: String
    package let target: JobTarget?
    /// The keys of a list alone, in a retry.
    private var only: Int64?
    /// Whether keys that were changed since are restored too.
    package let isForced: Bool
    /// Whether the other job has changed tags or colors, and no entries.
    private let ofTags: Bool

    private enum CodingKeys: String, CodingKey {
        case job = "of"
        case target, only, isForced, ofTags
    }

    package init(of job: JobID, target: JobTarget?, isForced: Bool, ofTags: Bool, only: Int64? = nil) {
        self.job = job.text
        self.target = target
        self.only = only
        self.isForced = isForced
        self.ofTags = ofTags
    }

    package static func read(_ request: JobRequest) throws -> UndoJob {
        throw KVError(.invalidRequest, "A job is undone by POST /api/jobs/{id}/undo.")
    }

    package var fields: [JobField] { [JobField("force", .flag(isForced))] }

    package var undoOf: JobID? { JobID(job) }
    package var selection: JobSelection? { only.map { .keys(selection: $0) } }

    package func limited(to keyList: Int64) -> UndoJob {
        var limited = self
        limited.only = keyList
        return limited
    }

    package var permissions: JobPermissions { Self.permissions(hasTarget: target != nil) }

    package static func permissions(hasTarget: Bool) -> JobPermissions {
        JobPermissions(source: [.write, .delete], target: hasTarget ? [.write, .delete] : [])
    }
    package var changesAnnotationsOnly: Bool { ofTags }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = Undo(
            own: try run.source, target: try run.target, isForced: isForced, ofTags: ofTags, clock: run.clock)
        return try await run.perform(try await run.changes(of: JobID(job), only: only), step)
    }
}
