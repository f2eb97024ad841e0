import Foundation
import GRDB
import KVLedger
import KVModel
import Logging
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("What is deleted")
struct DeletionTests {
    private func count(_ table: String, _ ledger: SQLiteLedger) async throws -> Int {
        try await ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    /// A job that has failed at 30 named keys.
    private func failedJob(_ test: JobsUnderTest) async throws -> Job {
        let namespace = try await test.namespace("n", keys: 30)
        let keys = try test.select((0..<30).map { "key:\(1_000_000 + $0)" })
        let job = try await test.start(.rename(keys, from: "x", to: "y", collision: .overwrite), on: namespace)
        let done = try await test.whileRunning { try await test.finished(job.id) }
        #expect(done.progress.failed == 30)
        return done
    }

    @Test("is gone for everybody at once, also after a restart that finds it half removed")
    func job() async throws {
        let first = try await JobsUnderTest()
        let job = try await failedJob(first)
        let ledger = first.ledger
        try await first.jobs.delete(job.id, by: .test)
        #expect(try await count("failure", ledger) == 30, "removed later, in chunks")
        for jobs in [first.jobs, try await JobsUnderTest(folder: first.folder, engine: first.engine).jobs] {
            await #expect(throws: KVError.self) { try await jobs.job(job.id) }
            #expect(try await jobs.list(JobFilter()).total == 0)
            #expect(try await jobs.census().isEmpty)
            await #expect(throws: KVError.self) { try await jobs.failures(of: job.id, from: nil, limit: 10) }
        }

        let second = try await JobsUnderTest(folder: first.folder, engine: first.engine)
        try await second.ledger.write { db in try db.execute(sql: "DELETE FROM failure WHERE number <= 7") }
        try await second.ledger.sweep(atOnce: 10)
        for table in ["job", "failure", "event", "selection", "selected_key"] {
            #expect(try await count(table, second.ledger) == 0, "\(table)")
        }
        #expect(try await second.ledger.audit(AuditFilter()).items.count == 2)
    }

    @Test("is removed by the running program without being asked again")
    func running() async throws {
        let first = try await JobsUnderTest()
        let job = try await failedJob(first)
        let test = try await JobsUnderTest(folder: first.folder, engine: first.engine)
        let ledger = test.ledger
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let observer = RowWatch(table: "selection") { end.yield() }
        ledger.database.add(transactionObserver: observer, extent: .databaseLifetime)
        try await test.whileRunning {
            try await test.jobs.delete(job.id, by: .test)
            for await _ in ends where try await count("selection", ledger) == 0 { break }
        }
        #expect(try await count("selected_key", ledger) == 0)
    }

    @Test("other writers get their turn while a large job is removed")
    func chunks() async throws {
        let test = try await JobsUnderTest()
        let job = try await failedJob(test)
        let ledger = test.ledger
        try await ledger.delete(job.id, by: .test, at: 1)
        let rows = RowCount()
        ledger.database.add(transactionObserver: rows, extent: .databaseLifetime)
        try await ledger.sweep(atOnce: 8)
        #expect(rows.largest <= 10 && rows.transactions >= 8, "\(rows.largest) rows, \(rows.transactions) transactions")
    }

    @Test("of key lists: one that no job has used for an hour, and one whose job was not created")
    func lists() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let namespace = try await test.namespace("n", keys: 3)
        let hour: Int64 = 3_600_000
        let now = test.jobs.clock.now
        let old = try ledger.newKeyList(now: now.adding(milliseconds: -2 * hour))
        let young = try ledger.newKeyList(now: now.adding(milliseconds: -hour / 2))
        let used = try ledger.newKeyList(now: now.adding(milliseconds: -2 * hour))
        for list in [old, young, used] { try ledger.add([try Key("key:1000001")], toKeyList: list) }
        _ = try await test.start(.delete(.keys(selection: used)), on: namespace)
        try await ledger.removeAged(now: now)
        #expect(try await count("selection", ledger) == 2)
        #expect(try await count("selected_key", ledger) == 2)
        try ledger.requireKeyList(young)
        #expect(throws: KVError.self) { try ledger.requireKeyList(old) }
        let error = await #expect(throws: KVError.self) {
            try await test.start(.delete(.keys(selection: old)), on: namespace)
        }
        #expect(error?.code == .invalidRequest)

        let refused = try test.select(["a", "b"])
        await #expect(throws: KVError.self) { try await test.start(.delete(refused), on: NamespaceID("missing")) }
        try await ledger.sweep()
        #expect(try await count("selection", ledger) == 2)
    }

    @Test("of key lists: no more than 1,000 wait to be used")
    func listLimit() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        try await ledger.write { db in
            for _ in 0..<999 { try db.execute(sql: "INSERT INTO selection (state, created_at) VALUES ('unused', 1)") }
        }
        let last = try test.jobs.keyLists.newKeyList(now: test.jobs.clock.now)
        let error = #expect(throws: KVError.self) {
            try test.jobs.keyLists.newKeyList(now: test.jobs.clock.now)
        }
        #expect(error?.code == .tooManyKeyLists)
        try test.jobs.keyLists.abandonKeyList(last)
        _ = try test.jobs.keyLists.newKeyList(now: test.jobs.clock.now)
    }
}

@Suite("The clock by which old things are removed")
struct ClockTrustTests {
    private let day: Int64 = 86_400_000

    private func isTrusted(_ trust: inout ClockTrust, _ now: Int64, _ running: Int64, _ last: Int64?) -> Bool {
        if case .trusted = trust.judge(
            now: Timestamp(milliseconds: now), running: .milliseconds(running),
            lastTrusted: last.map { Timestamp(milliseconds: $0) })
        {
            true
        } else {
            false
        }
    }

    @Test("is trusted near the last time at which it was, or after a steady day")
    func verdicts() {
        var trust = ClockTrust()
        let last = 20_000 * day
        #expect(isTrusted(&trust, last, 0, nil))
        #expect(isTrusted(&trust, last + day, 0, last))
        #expect(isTrusted(&trust, last - 300 * day, 0, last))
        let ahead = last + 200 * day
        #expect(!isTrusted(&trust, ahead, 0, last))
        #expect(!isTrusted(&trust, ahead + day / 2, day / 2, last))
        #expect(isTrusted(&trust, ahead + day, day, last))
        // One that jumps has to be steady for a day from then on.
        #expect(!isTrusted(&trust, ahead, 0, last))
        #expect(!isTrusted(&trust, ahead + 30 * day, day, last))
        #expect(!isTrusted(&trust, ahead + 30 * day + day / 2, day + day / 2, last))
        #expect(isTrusted(&trust, last + day, 2 * day, last))
        #expect(!isTrusted(&trust, .max, 0, .min))
    }

    @Test("removes nothing when it is 200 days ahead at the start, and all that is old when it is right again")
    func wrongAtStart() async throws {
        let test = try await JobsUnderTest()
        let ledger = test.ledger
        let namespace = try await test.namespace("n", keys: 3)
        let job = try await test.start(.delete(.all), on: namespace)
        _ = try await test.whileRunning { try await test.finished(job.id) }
        try await ledger.trustClock(at: test.jobs.clock.now)

        var trust = ClockTrust()
        func tidy(_ now: Int64) async throws {
            let clock = WallClock.at(Timestamp(milliseconds: now))
            let upkeep = Upkeep(
                resources: JobResources(
                    stores: test.jobs.stores, files: test.jobs.files, ledger: ledger,
                    annotations: test.jobs.annotations,
                    clock: clock),
                logger: Logger(label: "test"), clock: clock)
            try await upkeep.removeAged(&trust, running: .zero)
        }
        let start = test.jobs.clock.now.milliseconds
        try await tidy(start + 400 * day)
        #expect(try await test.jobs.list(JobFilter()).total == 1)
        #expect(try await ledger.audit(AuditFilter()).items.count == 1)
        #expect(test.jobs.files.hasJournal(of: job.id))
        // A restart with the same wrong clock does not change that, whatever was noted meanwhile.
        trust = ClockTrust()
        try await tidy(start + 400 * day + 1)
        #expect(try await test.jobs.list(JobFilter()).total == 1)
        try await tidy(start + 1_000)
        #expect(try await test.jobs.list(JobFilter()).total == 1)
        try await ledger.trustClock(at: Timestamp(milliseconds: start + 399 * day))
        try await tidy(start + 400 * day)
        #expect(try await test.jobs.list(JobFilter()).total == 0)
    }
}

/// Calls back after each transaction that has changed a table.
private final class RowWatch: TransactionObserver {
    private let table: String
    private let changed: () -> Void
    private var isTouched = false

    init(table: String, changed: @escaping () -> Void) {
        self.table = table
        self.changed = changed
    }

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { kind.tableName == table }
    func databaseDidChange(with event: DatabaseEvent) { isTouched = true }
    func databaseDidCommit(_ db: Database) { if isTouched { changed() } }
    func databaseDidRollback(_ db: Database) {}
}

/// Counts the rows that each transaction changes.
private final class RowCount: TransactionObserver {
    private var rows = 0
    private(set) var largest = 0
    private(set) var transactions = 0

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) { rows += 1 }
    func databaseDidCommit(_ db: Database) {
        largest = max(largest, rows)
        transactions += 1
        rows = 0
    }
    func databaseDidRollback(_ db: Database) { rows = 0 }
}
