import Foundation
import KVFiles
import KVLedger
import KVModel
import Logging

/// The stores, the files and the ledger that jobs use.
struct JobResources: Sendable {
    let stores: Stores
    let files: JobFiles
    let ledger: any Ledger
    let annotations: any AnnotationStore
    let clock: WallClock

    /// Where the job continues after its last finished batch; nil when there was none.
    func checkpoint(of id: JobID) async throws -> JobCheckpoint? {
        try await ledger.checkpoint(of: id).map { try JobCheckpoint(stored: $0) }
    }

    /// Whether the job was stopped within a batch, of which some keys may be done.
    func hasBegunBatch(_ id: JobID) async throws -> Bool {
        let start = try await checkpoint(of: id)?.journalBytes ?? 0
        return try await Blocking.run {
            try !PendingBatch(path: files.journal(of: id), behind: start).isEmpty
        }
    }

    /// Removes files that are older than the retention, except those that unfinished jobs need.
    func removeOldFiles(logger: Logger) async {
        do {
            let unfinished = try await ledger.unfinishedJobs()
            let kept = Set(unfinished.map(\.id) + unfinished.compactMap(\.undoOf))
            let oldest = Date(timeIntervalSinceNow: -JobFiles.maximumAge)
            let removed = try await Blocking.run {
                files.removeUntouched(since: oldest, but: kept)
            }
            try await ledger.forgetFiles(of: removed)
        } catch {
            logger.error("Old files of jobs could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
