import Foundation
import GRDB
import KVLedger
import KVModel
import Logging
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("A damaged ledger")
struct LedgerDamageTests {
    private static let values: [DatabaseValue] = [
        .null, Int64.max.databaseValue, Int64.min.databaseValue, 1e300.databaseValue, "text".databaseValue,
        Data([0xFF, 0xFE]).databaseValue,
    ]

    @Test(
        "is read without a trap, whatever a column holds",
        arguments: [
            "job", "event", "failure", "audit", "audit_class", "audit_place", "annotation", "selection", "selected_key",
        ])
    func columns(table: String) async throws {
        let path = try await Self.ledger()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let names = try await DatabaseQueue(path: "\(path)/ledger.sqlite").read { db in
            try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
        }
        #expect(!names.isEmpty)
        for name in names {
            let copy = "\(path)-\(name)"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            for value in Self.values {
                try await Self.damage("\(copy)/ledger.sqlite", table, name, value)
                await Self.read(copy)
            }
        }
    }

    /// A folder with a ledger that has something in every table.
    private static func ledger() async throws -> String {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let selection = try ledger.newKeyList(now: 1_000)
        try ledger.add([try Key("a"), try Key("b")], toKeyList: selection)
        for number in 0..<3 {
            var job = Job(
                id: JobID("job-\(number)"), store: "local", namespace: NamespaceID("n"), namespaceTitle: "t",
                work: .delete(.keys(selection: selection)), readsExactly: false, createdBy: "test",
                createdAt: 1_000,
                state: .queued, progress: JobProgress())
            job.state = number == 0 ? .running : .failed
            if number > 0 { job.finishedAt = 2_000 }
            let failure = JobFailure(key: "a", line: 1, error: KVError(.invalidKey, "no"), attempts: 1)
            try await ledger.put(job, failures: [failure])
        }
        try await ledger.write { db in
            try db.execute(
                sql: "INSERT INTO annotation VALUES ('local', 'n', ?, '[\"tag\"]', 'red', ?)",
                arguments: [Data("a".utf8), Data("{}".utf8)])
        }
        try ledger.close()
        return test.folder
    }

    private static func damage(
        _ path: String, _ table: String, _ column: String, _ value: DatabaseValue
    ) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // A constraint may refuse it: then there is no such damage.
        try? await queue.write { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "UPDATE \(table) SET \(column) = ?", arguments: [value])
        }
        try queue.close()
    }

    /// What a start and its first requests read. Any of it may fail.
    private static func read(_ folder: String) async {
        guard let ledger = try? SQLiteLedger(path: "\(folder)/ledger.sqlite", works: JobKinds.all) else { return }
        _ = try? await ledger.unfinishedJobs()
        _ = try? await ledger.jobCensus()
        for order in JobFilter.Order.allCases {
            var filter = JobFilter()
            filter.order = order
            _ = try? await ledger.jobs(filter)
        }
        for number in 0..<3 {
            let id = JobID("job-\(number)")
            _ = try? await ledger.job(id)
            _ = try? await ledger.checkpoint(of: id).map { try JobCheckpoint(stored: $0) }
            _ = try? await ledger.events(of: id)
            _ = try? await ledger.failures(of: id, from: nil, limit: 10)
            _ = try? await ledger.failureCount(of: id)
            _ = try? await ledger.newKeyList(ofFailuresOf: id, now: 1_000)
        }
        _ = try? await ledger.keys(ofKeyList: 1, after: nil, limit: 10)
        _ = try? await ledger.audit(AuditFilter())
        _ = try? await ledger.delete(JobID("job-2"), by: .test, at: 3_000)
        try? await ledger.removeAged(now: 1_000_000_000_000_000)
        try? ledger.close()
    }
}
