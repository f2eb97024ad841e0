import Foundation
import GRDB
import KVLedger
import KVModel
import KVTransfer
import SQLiteEngine
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("A job whose state cannot be stored")
struct DiskFullTests {
    /// Lets the ledger's file grow no more: writes that need another page fail as on a full disk.
    private func fill(_ ledger: SQLiteLedger) async throws {
        try await ledger.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
        }
    }

    private func makeRoom(_ ledger: SQLiteLedger) async throws {
        try await ledger.database.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = 1000000")
        }
    }

    /// A rename of keys that do not have the prefix: each is a failure, which the ledger has no room for.
    private func start(_ test: JobsUnderTest) async throws -> (NamespaceID, Job) {
        let namespace = try await test.namespace("n", keys: 50)
        let others = (0..<1_000).map { "other \($0) \(String(repeating: "x", count: 200))" }
        _ = try await test.engine.write(
            others.map { Entry(key: try Key($0), value: [1]) }, in: namespace, when: .always)
        let keys = try test.select(others + ["key:1000007"])
        let job = try await test.start(.rename(keys, from: "key:", to: "new:", collision: .overwrite), on: namespace)
        let ledger = test.ledger
        test.unruly.plan(
            .init(request: 0, moment: .before) { [self] in
                try? await fill(ledger)
                return false
            })
        return (namespace, job)
    }

    private func waiting(_ test: JobsUnderTest, _ id: JobID) async throws -> Job {
        let found = try await test.jobs.withProgress(of: id) { snapshots in
            for await job in snapshots where job.progress.notice != nil || job.state.isFinal { return Job?(job) }
            return nil
        }
        return try #require(found)
    }

    @Test("waits for room, shows that, and ends as it would have")
    func waits() async throws {
        let test = try await JobsUnderTest(batch: 2_000)
        let (_, job) = try await start(test)
        let (seen, done) = try await test.whileRunning {
            let seen = try await waiting(test, job.id)
            #expect(try await test.jobs.job(job.id).state == .running)
            #expect(try await test.ledger.job(job.id).state == .running)
            try await makeRoom(test.ledger)
            return (seen, try await test.finished(job.id))
        }
        #expect(seen.state == .running && seen.progress.notice?.hasPrefix("The disk is full") == true)
        #expect(done.state == .incomplete && done.progress.failed == 1_000 && done.progress.succeeded == 1)
        #expect(done.progress.notice == nil)
        #expect(done.progress.sequence > seen.progress.sequence)
        let kinds = try await test.jobs.events(of: job.id)
        #expect(kinds.contains { $0.kind == .notice && $0.detail.contains("could not be stored") })
    }

    @Test(
        "ends or pauses at once while it waits", .timeLimit(.minutes(1)),
        arguments: [StateRequest.Change.cancel, .pause])
    func interrupting(_ change: StateRequest.Change) async throws {
        let test = try await JobsUnderTest(batch: 2_000)
        let (namespace, job) = try await start(test)
        try await test.whileRunning {
            _ = try await waiting(test, job.id)
            guard change == .pause else {
                _ = try await test.jobs.cancel(job.id, by: .test)
                let ended = try await test.finished(job.id)
                #expect(ended.state == .cancelled && ended.progress.processed == 0)
                let end = try await test.jobs.events(of: job.id).last
                #expect(end?.detail.contains("some keys may have been done") == true, "\(String(describing: end))")
                return
            }
            _ = try await test.jobs.pause(job.id, by: .test)
            let paused = try await test.jobs.withProgress(of: job.id) { snapshots in
                for await job in snapshots where job.state != .running { return Job?(job) }
                return nil
            }
            #expect(paused?.state == .paused && paused?.progress.processed == 0)
            try await makeRoom(test.ledger)
            _ = try await test.jobs.resume(job.id, by: .test)
            let done = try await test.finished(job.id)
            #expect(done.state == .incomplete && done.progress.failed == 1_000 && done.progress.succeeded == 1)
        }
        #expect(try await test.entries(in: namespace).filter { $0.key.name == "new:1000007" }.count == 1)
    }

    @Test("is not shown as ended before a restart after which it goes on")
    func restarts() async throws {
        let first = try await JobsUnderTest(batch: 2_000)
        let (namespace, job) = try await start(first)
        let seen = try await first.whileRunning { try await waiting(first, job.id) }
        #expect(!seen.state.isFinal)
        #expect(try await !first.jobs.job(job.id).state.isFinal)
        #expect(try await first.ledger.audit(AuditFilter()).items.isEmpty)
        try await makeRoom(first.ledger)

        let second = try await JobsUnderTest(folder: first.folder, engine: first.engine, batch: 2_000)
        let done = try await second.whileRunning { try await second.finished(job.id) }
        #expect(done.state == .incomplete && done.progress.failed == 1_000 && done.progress.succeeded == 1)
        #expect(try await second.entries(in: namespace).filter { $0.key.name == "new:1000007" }.count == 1)
        #expect(try await second.ledger.audit(AuditFilter()).items.count == 1)
    }

    @Test("stays running when the end of a failed job cannot be stored, whatever the error")
    func failing() async throws {
        let test = try await JobsUnderTest(batch: 10)
        let namespace = try await test.namespace("n", keys: 50)
        let job = try await test.start(.delete(.all), on: namespace)
        let ledger = test.ledger
        test.unruly.plan(
            .init(request: 1, moment: .before) {
                // The namespace goes, and with it the job ends; the ledger refuses that.
                try? await ledger.write { db in
                    try db.execute(
                        sql: """
                            CREATE TRIGGER refusing BEFORE UPDATE ON job WHEN new.state = 'failed'
                            BEGIN SELECT raise(ABORT, 'refused'); END
                            """)
                }
                try? await test.engine.deleteNamespace(namespace)
                return false
            })
        let (seen, done) = try await test.whileRunning {
            let seen = try await waiting(test, job.id)
            try await ledger.write { db in try db.execute(sql: "DROP TRIGGER refusing") }
            return (seen, try await test.finished(job.id))
        }
        #expect(seen.state == .running && seen.progress.notice?.contains("cannot be recorded") == true)
        #expect(done.state == .failed && done.error?.code == .namespaceNotFound)
    }
}

@Suite("A job with very many failures")
struct FailureLimitTests {
    @Test("lists the first 100,000, counts the others, and says so; a retry takes the listed ones")
    func limit() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let over = Job.maximumFailures + 7
        let draft = Jobs.Draft(
            store: "local", namespace: namespace, work: .importing(format: .ndjson, collision: .overwrite),
            createdBy: "test", idempotencyKey: nil)
        let upload = try test.upload(String(repeating: "{}\n", count: over))
        let job = try await test.jobs.createImport(draft, upload: upload)
        let done = try await test.whileRunning { try await test.finished(job.id) }
        #expect(done.state == .incomplete && done.progress.failed == over)
        #expect(done.failuresRecorded == Job.maximumFailures)
        #expect(try await test.ledger.failureCount(of: job.id) == Job.maximumFailures)
        let notices = try await test.jobs.events(of: job.id).filter { $0.kind == .notice }
        #expect(notices.count == 1 && notices.first?.detail.contains("100,000") == true, "\(notices)")

        let retry = try await test.jobs.retry(job.id, createdBy: "test", idempotencyKey: nil)
        let created = try await test.jobs.events(of: retry.id).first
        #expect(created?.detail.contains("failures that are listed") == true)
    }
}
