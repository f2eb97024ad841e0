import GRDB
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// What a newer version has left in the ledger, after going back to this one.
@Suite("Rows of a newer version")
struct NewerVersionTests {
    private static let insert = """
        INSERT INTO job (id, kind, state, store, namespace, namespace_title, work, created_by, created_at, request)
        VALUES (?, ?, ?, 'local', 'n', 't', ?, 'ann', 1, ?)
        """

    @Test(
        "a job is listed with its kind and its state, is not run, and stops neither lists nor the start",
        arguments: [
            ("snapshot", "queued", "{\"snapshot\":{}}", nil),
            ("delete", "running", "{\"delete\":{\"_0\":{\"new\":{}}}}", nil),
            ("delete", "queued", "{\"delete@2\":{\"_0\":{\"all\":{}}}}", nil),
            ("delete", "scheduled", "{\"delete\":{\"_0\":{\"all\":{}}}}", nil), ("snapshot", "paused", "no JSON", nil),
            ("delete", "running", "{\"delete\":{\"_0\":{\"all\":{}}}}", "{\"change\":\"postpone\"}"),
        ] as [(String, String, String, String?)])
    func unreadableJob(kind: String, state: String, work: String, request: String?) async throws {
        let first = try await JobsUnderTest()
        try await first.ledger.write { db in
            try db.execute(sql: Self.insert, arguments: ["newer", kind, state, work, request])
        }
        let test = try await JobsUnderTest(folder: first.folder, engine: first.engine)
        let namespace = try await test.namespace("n", keys: 1)
        try await test.whileRunning {
            let other = try await test.finished(try await test.start(.delete(.all), on: namespace).id)
            let listed = try await test.jobs.list(JobFilter()).jobs
            #expect(listed.map(\.id) == [other.id, JobID("newer")])
            let job = try await test.jobs.job(JobID("newer"))
            #expect(job.isFromNewerVersion && !job.isUndoable)
            #expect((job.kindName, job.stateName) == (kind, state))
            let errors = [
                await #expect(throws: KVError.self) { _ = try await test.jobs.cancel(job.id, by: .test) },
                await #expect(throws: KVError.self) { _ = try await test.jobs.pause(job.id, by: .test) },
                await #expect(throws: KVError.self) { _ = try await test.jobs.resume(job.id, by: .test) },
                await #expect(throws: KVError.self) { try await test.jobs.delete(job.id, by: .test) },
                await #expect(throws: KVError.self) {
                    _ = try await test.jobs.retry(job.id, createdBy: "test", idempotencyKey: nil)
                },
            ]
            #expect(errors.allSatisfy { $0?.code == .invalidTransition })
            try await test.jobs.endJobs(of: NamespaceID("n"), in: "local", by: .test)
            #expect(try await test.ledger.job(job.id).stateName == state)
        }
    }

    @Test("an ended job of an unknown kind can be deleted")
    func endedJob() async throws {
        let test = try await JobsUnderTest()
        try await test.ledger.write { db in
            try db.execute(sql: Self.insert, arguments: ["newer", "snapshot", "completed", "{}", nil])
        }
        try await test.jobs.delete(JobID("newer"), by: .test)
        #expect(try await test.jobs.list(JobFilter()).total == 0)
        #expect(try await test.ledger.audit(AuditFilter()).items.map(\.jobKind) == ["snapshot"])
    }

    @Test("audit records, events and failures keep their names")
    func names() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let job = try await test.start(.delete(.all), on: namespace)
        try await test.ledger.write { db in
            let record = AuditRecord(
                at: 1, who: "ann", via: AuditVia(rawValue: "schedule"), action: AuditAction(rawValue: "entry_restored"),
                store: "local", namespace: namespace, count: 1, job: nil, jobKind: "snapshot", detail: "", request: nil)
            try SQLiteLedger.appendAudit(record, in: db)
            try db.execute(
                sql: """
                    UPDATE event SET kind = 'verified';
                    UPDATE job SET error_code = 'too_cold', error_detail = 'It is cold.';
                    INSERT INTO failure (job, number, code, detail, attempts) SELECT number, 1, 'too_hot', 'It is hot.', 1
                    FROM job
                    """)
        }
        let record = try #require(try await test.ledger.audit(AuditFilter()).items.first)
        #expect(record.via.rawValue == "schedule")
        #expect(record.action.rawValue == "entry_restored")
        #expect(record.jobKind == "snapshot")
        #expect(try await test.jobs.events(of: job.id).map(\.kind.rawValue) == ["verified"])
        let failures = try await test.jobs.failures(of: job.id, from: nil, limit: 1).items
        #expect(failures.map(\.error.codeName) == ["too_hot"])
        let stored = try await test.ledger.job(job.id)
        #expect(stored.error?.codeName == "too_cold")
        // A job that is stored again keeps the code.
        try await test.ledger.put(stored)
        #expect(try await test.ledger.job(job.id).error?.codeName == "too_cold")
    }
}
