import Foundation
import GRDB
import KVLedger
import KVModel
import SQLiteLedger

extension Job {
    /// A row of `Ledger.jobQuery`. What a newer version has stored, and this one cannot read, is kept by its name.
    init(row: Row, works: any JobWorkReader) {
        let kind: String = row["kind"]
        let storedState: String = row["state"]
        id = JobID(row["id"])
        store = row["store"]
        namespace = NamespaceID(row["namespace"])
        namespaceTitle = row["namespace_title"]
        work = works.work(ofKind: kind, stored: row["work"])
        readsExactly = row["exact"]
        keepsPreImages = row["keeps_pre_images"]
        changes = row["changes"]
        undoneBy = (row["undone_by"] as String?).map { JobID($0) }
        retryOf = (row["retry_of"] as String?).map { JobID($0) }
        createdBy = row["created_by"]
        createdAt = row["created_at"]
        startedAt = row["started_at"]
        finishedAt = row["finished_at"]
        state = JobState(rawValue: storedState) ?? .failed
        newerState = JobState(rawValue: storedState) == nil ? storedState : nil
        progress = JobProgress()
        progress.sequence = row["sequence"]
        progress.total = row["total"]
        progress.succeeded = row["succeeded"]
        progress.failed = row["failed"]
        progress.skipped = row["skipped"]
        progress.missing = row["missing"]
        progress.bytes = row["bytes"]
        progress.requests = row["requests"]
        progress.currentKey = row.text("current_key")
        if let code = row["error_code"] as String? {
            error = KVError(stored: code, row.text("error_detail") ?? "")
        }
        download = Self.decoded(row["download"])
        isBegun = row["begun"]
        request = Self.decoded(row["request"])
        if request == nil, row["request"] as String? != nil { newerState = newerState ?? storedState }
    }

    /// Nil also for what cannot be decoded.
    private static func decoded<Value: Decodable>(_ json: String?) -> Value? {
        json.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
    }
}
