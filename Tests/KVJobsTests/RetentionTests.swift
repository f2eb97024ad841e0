import GRDB
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("What has grown old")
struct RetentionTests {
    private func job(_ id: String, _ state: JobState, finishedAt: Timestamp?, work: some JobKind = .delete(.all)) -> Job
    {
        var job = Job(
            id: JobID(id), store: "local", namespace: NamespaceID("n"), namespaceTitle: "t", work: work,
            readsExactly: false, createdBy: "test", createdAt: 1, state: state, progress: JobProgress())
        job.finishedAt = finishedAt
        return job
    }

    private func keep(_ job: Job, in ledger: SQLiteLedger, failures: Int = 0) async throws {
        let failed = (0..<failures).map { JobFailure(key: "\($0)", error: KVError(.keyNotFound, "")) }
        try await ledger.put(job, failures: failed)
    }

    private func count(_ table: String, _ ledger: SQLiteLedger) async throws -> Int {
        try await ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    @Test("of jobs goes with all that belongs to them, in small steps; what has not ended stays")
    func jobs() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let selection = try test.select((0..<25).map { "key \($0)" })
        let kept = try test.select(["kept"])
        try await keep(job("old", .incomplete, finishedAt: 100, work: .delete(selection)), in: ledger, failures: 25)
        try await keep(job("young", .completed, finishedAt: 1_000, work: .delete(kept)), in: ledger)
        try await keep(job("waiting", .queued, finishedAt: nil), in: ledger)
        try await keep(job("running", .running, finishedAt: nil), in: ledger)
        #expect(try await test.jobs.list(JobFilter()).total == 4)

        #expect(try await ledger.markJobs(finishedBefore: 1_000, atOnce: 1))
        #expect(try await !ledger.markJobs(finishedBefore: 1_000, atOnce: 1))
        #expect(try await count("failure", ledger) == 25)
        try await ledger.sweep(atOnce: 10)
        #expect(
            try await Set(test.jobs.list(JobFilter()).jobs.map(\.id.text)) == ["young", "waiting", "running"])
        #expect(try await test.jobs.list(JobFilter()).total == 3)
        #expect(try await count("failure", ledger) == 0)
        #expect(try await count("event", ledger) == 3)
        #expect(try await count("selection", ledger) == 1)
        #expect(try await count("selected_key", ledger) == 1)
    }

    @Test("of a job stays while the job is being undone or retried")
    func followed() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let undo = UndoJob(of: JobID("undone"), target: nil, isForced: false, ofTags: false)
        for id in ["undone", "retried"] { try await keep(job(id, .completed, finishedAt: 1), in: ledger) }
        try await keep(job("undo", .queued, finishedAt: nil, work: undo), in: ledger)
        var retry = job("retry", .running, finishedAt: nil)
        retry.retryOf = JobID("retried")
        try await keep(retry, in: ledger)
        _ = try await ledger.markJobs(finishedBefore: 2)
        #expect(try await test.jobs.list(JobFilter()).total == 4)
        retry.state = .completed
        try await ledger.put(retry)
        _ = try await ledger.markJobs(finishedBefore: 2)
        #expect(
            try await Set(test.jobs.list(JobFilter()).jobs.map(\.id.text)) == ["undone", "undo", "retry"])
    }

    @Test("of the audit log goes, and no more")
    func audit() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        try await ledger.write { db in
            for number in 0..<50 {
                let record = AuditRecord(
                    at: Timestamp(milliseconds: Int64(number)), who: "ann", via: .api, action: .entryWritten,
                    store: "local", namespace: NamespaceID("n"), count: 1, detail: "", request: nil)
                try SQLiteLedger.appendAudit(record, in: db)
            }
        }
        while try await ledger.removeAudit(before: 40, atOnce: 7) {}
        #expect(try await ledger.audit(AuditFilter()).items.map(\.at.milliseconds) == Array(40..<50).reversed())
    }

    @Test("is kept for as long as is said")
    func ages() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let now: Timestamp = 1_800_000_000_000
        try await keep(job("gone", .completed, finishedAt: now.adding(milliseconds: -91 * 86_400_000)), in: ledger)
        try await keep(job("there", .completed, finishedAt: now.adding(milliseconds: -89 * 86_400_000)), in: ledger)
        try await ledger.removeAged(now: now)
        #expect(try await test.jobs.list(JobFilter()).jobs.map(\.id.text) == ["there"])
        #expect(try await ledger.audit(AuditFilter()).items.count == 2, "the log outlives the jobs")
        try await ledger.removeAged(now: now.adding(milliseconds: 275 * 86_400_000))
        #expect(try await ledger.audit(AuditFilter()).items.map(\.job?.text) == ["there"])
    }
}
