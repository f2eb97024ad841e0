import Foundation
import GRDB
import KVLedger
import KVModel

extension Job {
    /// A row of `SQLiteLedger.jobQuery`. What a newer version has stored, and this one cannot read, is kept by its name.
    init(row: Row, works: any JobWorkReader) {
        let kind: String = row["kind"]
        let storedState: String = row["state"]
        self.init(
            id: JobID(row["id"]), store: row["store"], namespace: NamespaceID(row["namespace"]),
            namespaceTitle: row["namespace_title"], work: works.work(ofKind: kind, stored: row["work"]),
            readsExactly: row["exact"], keepsPreImages: row["keeps_pre_images"],
            retryOf: (row["retry_of"] as String?).map { JobID($0) }, createdBy: row["created_by"],
            createdAt: row["created_at"], state: JobState(rawValue: storedState) ?? .failed,
            progress: JobProgress(row: row))
        changes = row["changes"]
        undoneBy = (row["undone_by"] as String?).map { JobID($0) }
        startedAt = row["started_at"]
        finishedAt = row["finished_at"]
        newerState = JobState(rawValue: storedState) == nil ? storedState : nil
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

extension JobProgress {
    fileprivate init(row: Row) {
        self.init()
        sequence = row["sequence"]
        total = row["total"]
        succeeded = row["succeeded"]
        failed = row["failed"]
        skipped = row["skipped"]
        missing = row["missing"]
        bytes = row["bytes"]
        requests = row["requests"]
        currentKey = row.text("current_key")
    }
}
