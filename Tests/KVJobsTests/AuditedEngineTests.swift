import GRDB
import KVLedger
import KVModel
import Logging
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("An audited engine")
struct AuditedEngineTests {
    private func audited(_ test: JobsUnderTest) -> (engine: AuditedEngine, log: AuditLog) {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let log = AuditLog(test.ledger, logger: logger, clock: .at(1_000))
        return (AuditedEngine(test.engine, storeNamed: "local", log: log), log)
    }

    private func entry(_ name: String) throws -> Entry { Entry(key: try Key(name), value: []) }

    private func noted(_ test: JobsUnderTest) async throws -> [String] {
        let records = try await test.ledger.audit(AuditFilter()).items.reversed()
        return records.map { "\($0.who) \($0.via.rawValue) \($0.action.rawValue) \($0.key?.name ?? "-") \($0.count)" }
    }

    @Test("notes under whose name it was asked, one record for all batches of a request")
    func request() async throws {
        let test = try await JobsUnderTest()
        let (engine, log) = audited(test)
        let id = try await engine.createNamespace(titled: "t").id
        try await log.noting(by: RequestOrigin(user: "ann", via: .gateway)) {
            _ = try await engine.write([entry("a"), entry("b")], in: id, when: .always)
            _ = try await engine.write([entry("c")], in: id, when: .always)
            _ = try await engine.delete([Key("a"), Key("none")], in: id)
        }
        #expect(
            try await noted(test) == [
                "local api namespace_created - 0", "ann gateway entries_written - 3", "ann gateway entry_deleted a 1",
            ])
    }

    @Test("notes what was done before a request failed")
    func failedRequest() async throws {
        let test = try await JobsUnderTest()
        let (engine, log) = audited(test)
        let id = try await test.namespace("t")
        await #expect(throws: KVError.self) {
            try await log.noting(by: RequestOrigin(user: "ann", via: .api)) {
                _ = try await engine.write([entry("a")], in: id, when: .always)
                throw KVError(.internalError, "")
            }
        }
        #expect(try await noted(test) == ["ann api entry_written a 1"])
    }

    @Test("counts a key once, and only those that were changed")
    func counts() async throws {
        let test = try await JobsUnderTest()
        let (engine, _) = audited(test)
        let id = try await test.namespace("t")
        _ = try await engine.write([entry("a"), entry("a"), entry("b")], in: id, when: .always)
        _ = try await engine.write([entry("a"), entry("c")], in: id, when: .absent)
        _ = try await engine.write([entry("a")], in: id, when: .absent)
        #expect(try await noted(test) == ["local api entries_written - 2", "local api entry_written c 1"])
    }

    @Test("leaves it to a job to note what the job does")
    func jobs() async throws {
        let test = try await JobsUnderTest()
        let (engine, _) = audited(test)
        let id = try await test.namespace("t")
        let bound = engine.working(in: WorkContext(jobReadingExactly: false) { _, _ in })
        _ = try await bound.write([entry("a")], in: id, when: .always)
        _ = try await bound.delete([Key("a")], in: id)
        #expect(try await noted(test).isEmpty)
    }

    @Test("tells of a change that cannot be noted as what it is: made")
    func unwritable() async throws {
        let test = try await JobsUnderTest()
        let (engine, _) = audited(test)
        let id = try await test.namespace("t")
        try await test.ledger.database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 1")
        }
        let outcomes = try await engine.write([entry("a")], in: id, when: .absent)
        guard case .created = outcomes[0] else {
            Issue.record("not created: \(outcomes)")
            return
        }
        try await test.ledger.database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 0")
        }
        #expect(try await noted(test).isEmpty)
        _ = try await engine.write([entry("b")], in: id, when: .absent)
        #expect(try await noted(test) == ["local api entry_written b 1"])
    }

    @Test("notes a change although whoever asked has gone")
    func cancelled() async throws {
        let test = try await JobsUnderTest()
        let (engine, log) = audited(test)
        let id = try await test.namespace("t")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await log.noting(by: RequestOrigin(user: "ann", via: .api)) {
                    _ = try await engine.write([entry("a")], in: id, when: .always)
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }
        #expect(try await noted(test) == ["ann api entry_written a 1"])
    }
}
