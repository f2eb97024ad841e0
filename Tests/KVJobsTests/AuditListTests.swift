import KVModel
import Testing

@testable import KVJobs

@Suite("The audit log")
struct AuditListTests {
    private static let whos = ["ann", "bob", "cem"]
    private static let actions: [AuditAction] = [.entryWritten, .entryDeleted, .namespaceCreated, .jobFailed]

    private func record(_ number: Int) -> AuditRecord {
        AuditRecord(
            at: Int64(1_000 + number / 3), who: Self.whos[number % 3], via: .api, action: Self.actions[number % 4],
            store: number % 5 == 0 ? "other" : "local", namespace: NamespaceID("n\(number % 7)"), namespaceTitle: "t",
            key: number % 2 == 0 ? Key(stored: Array("key\u{0}\(number % 10)".utf8)) : nil, count: number,
            job: number % 11 == 0 ? JobID("job-\(number)") : nil, jobKind: number % 11 == 0 ? "copy" : nil, detail: "",
            request: nil)
    }

    private func filled(_ count: Int = 120) async throws -> (JobsUnderTest, [AuditRecord]) {
        let test = try await JobsUnderTest()
        let records = (0..<count).map(record)
        try await test.jobs.ledger.write { db in for one in records { try Ledger.appendAudit(one, in: db) } }
        return (test, records.reversed())
    }

    private func all(_ ledger: Ledger, _ filter: AuditFilter) async throws -> [AuditRecord] {
        var filter = filter
        filter.limit = 4
        var found: [AuditRecord] = []
        repeat {
            let page = try await ledger.audit(filter)
            found += page.items
            filter.cursor = page.cursor
        } while filter.cursor != nil
        return found
    }

    private struct Criterion: Sendable {
        let apply: @Sendable (inout AuditFilter) -> Void
        let holds: @Sendable (AuditRecord) -> Bool
    }

    private static let criteria = [
        Criterion(apply: { $0.since = 1_010 }, holds: { $0.at >= 1_010 }),
        Criterion(apply: { $0.until = 1_030 }, holds: { $0.at <= 1_030 }),
        Criterion(apply: { $0.who = "bob" }, holds: { $0.who == "bob" }),
        Criterion(apply: { $0.who = "nobody" }, holds: { $0.who == "nobody" }),
        Criterion(
            apply: { $0.actions = [.entryWritten, .jobFailed] },
            holds: { $0.action == .entryWritten || $0.action == .jobFailed }),
        Criterion(apply: { $0.store = "other" }, holds: { $0.store == "other" }),
        Criterion(apply: { $0.namespace = "n3" }, holds: { $0.namespace.text == "n3" }),
        Criterion(apply: { $0.job = "job-33" }, holds: { $0.job?.text == "job-33" }),
        Criterion(apply: { $0.key = "key\u{0}6" }, holds: { $0.key?.name == "key\u{0}6" }),
    ]

    @Test("lists by every filter and every two of them, the newest first, page by page")
    func filters() async throws {
        let (test, records) = try await filled()
        for (index, one) in Self.criteria.enumerated() {
            for other in Self.criteria[index...] {
                var filter = AuditFilter()
                one.apply(&filter)
                other.apply(&filter)
                let expected = records.filter {
                    one.holds($0) && (filter.who == nil || $0.who == filter.who) && other.holds($0)
                }
                #expect(try await all(test.jobs.ledger, filter) == expected)
            }
        }
        #expect(try await all(test.jobs.ledger, AuditFilter()) == records)
    }

    @Test("is paged without a gap or a repeat while more is noted")
    func pagingUnderInserts() async throws {
        let (test, records) = try await filled(30)
        var filter = AuditFilter()
        filter.limit = 7
        var found: [AuditRecord] = []
        repeat {
            let page = try await test.jobs.ledger.audit(filter)
            found += page.items
            filter.cursor = page.cursor
            let next = record(1_000 + found.count)
            try await test.jobs.ledger.write { db in try Ledger.appendAudit(next, in: db) }
        } while filter.cursor != nil
        #expect(found == records)
    }

    @Test("lists what very many people did, whether that is much or little", arguments: [300, 6_000])
    func manyGroups(count: Int) async throws {
        let test = try await JobsUnderTest()
        let records = (0..<count).map { number in
            var one = record(number)
            (one.who, one.store) = ("person \(number % 150)", number < count / 2 ? "old" : "new")
            return one
        }
        try await test.jobs.ledger.write { db in for one in records { try Ledger.appendAudit(one, in: db) } }
        var filter = AuditFilter()
        (filter.store, filter.limit) = ("old", 1_000)
        var found: [AuditRecord] = []
        repeat {
            let page = try await test.jobs.ledger.audit(filter)
            found += page.items
            filter.cursor = page.cursor
        } while filter.cursor != nil
        #expect(found == records.filter { $0.store == "old" }.reversed())
    }

    @Test("finds a key with many records by what has few of them")
    func rareBesideCommon() async throws {
        let test = try await JobsUnderTest()
        let key = Key(stored: Array("settings".utf8))
        try await test.jobs.ledger.write { db in
            for number in 0..<4_100 {
                var one = record(number)
                (one.who, one.key) = (number == 50 ? "rare" : "ann", key)
                try Ledger.appendAudit(one, in: db)
            }
        }
        var filter = AuditFilter()
        (filter.key, filter.who) = ("settings", "rare")
        #expect(try await all(test.jobs.ledger, filter).map(\.count) == [50])
    }

    @Test("refuses a cursor that is none", arguments: ["", "x", "1", "1:x", "1:2:3", "1:2; DROP TABLE audit"])
    func badCursor(text: String) async throws {
        let test = try await JobsUnderTest()
        var filter = AuditFilter()
        filter.cursor = PageCursor(text)
        await #expect(throws: KVError.badCursor) { _ = try await test.jobs.ledger.audit(filter) }
    }
}
