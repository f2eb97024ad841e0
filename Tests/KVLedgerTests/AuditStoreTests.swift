import KVLedger
import KVModel
import TestSupport
import Testing

@Suite("The audit log of a ledger")
struct AuditStoreTests {
    private static let whos = ["ann", "bob", "cem"]
    private static let actions: [AuditAction] = [.entryWritten, .entryDeleted, .namespaceCreated, .jobFailed]

    private func record(_ number: Int) -> AuditRecord {
        AuditRecord(
            at: Timestamp(milliseconds: Int64(1_000 + number / 3)), who: Self.whos[number % 3], via: .api,
            action: Self.actions[number % 4],
            store: number % 5 == 0 ? "other" : "local", namespace: NamespaceID("n\(number % 7)"), namespaceTitle: "t",
            key: number % 2 == 0 ? Key(stored: Array("key\u{0}\(number % 10)".utf8)) : nil, count: number,
            job: number % 11 == 0 ? JobID("job-\(number)") : nil, jobKind: number % 11 == 0 ? "copy" : nil, detail: "",
            request: nil)
    }

    /// Returns the records that it appends, the newest first.
    private func fill(_ ledger: any AuditStore, _ count: Int = 120) async throws -> [AuditRecord] {
        let records = (0..<count).map(record)
        try await ledger.appendAudit(records)
        return records.reversed()
    }

    private func all(_ ledger: any AuditStore, _ filter: AuditFilter) async throws -> [AuditRecord] {
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

    @Test(
        "lists by every filter and every two of them, the newest first, page by page", arguments: LedgerUnderTest.all)
    func filters(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let records = try await fill(ledger)
            for (index, one) in Self.criteria.enumerated() {
                for other in Self.criteria[index...] {
                    var filter = AuditFilter()
                    one.apply(&filter)
                    other.apply(&filter)
                    let expected = records.filter {
                        one.holds($0) && (filter.who == nil || $0.who == filter.who) && other.holds($0)
                    }
                    #expect(try await all(ledger, filter) == expected)
                }
            }
            #expect(try await all(ledger, AuditFilter()) == records)
        }
    }

    @Test("pages without a gap or a repeat while records are appended", arguments: LedgerUnderTest.all)
    func pagingUnderInserts(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let records = try await fill(ledger, 30)
            var filter = AuditFilter()
            filter.limit = 7
            var found: [AuditRecord] = []
            repeat {
                let page = try await ledger.audit(filter)
                found += page.items
                filter.cursor = page.cursor
                try await ledger.appendAudit([record(1_000 + found.count)])
            } while filter.cursor != nil
            #expect(found == records)
        }
    }

    @Test(
        "lists what very many people did, whether that is much or little", arguments: LedgerUnderTest.all, [300, 6_000])
    func manyGroups(kind: LedgerUnderTest, count: Int) async throws {
        try await kind.withLedger { ledger in
            let records = (0..<count).map { number in
                var one = record(number)
                (one.who, one.store) = ("person \(number % 150)", number < count / 2 ? "old" : "new")
                return one
            }
            try await ledger.appendAudit(records)
            var filter = AuditFilter()
            (filter.store, filter.limit) = ("old", 1_000)
            var found: [AuditRecord] = []
            repeat {
                let page = try await ledger.audit(filter)
                found += page.items
                filter.cursor = page.cursor
            } while filter.cursor != nil
            #expect(found == records.filter { $0.store == "old" }.reversed())
        }
    }

    @Test("finds a key with many records by what has few of them", arguments: LedgerUnderTest.all)
    func rareBesideCommon(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let key = Key(stored: Array("settings".utf8))
            let records = (0..<4_100).map { number in
                var one = record(number)
                (one.who, one.key) = (number == 50 ? "rare" : "ann", key)
                return one
            }
            try await ledger.appendAudit(records)
            var filter = AuditFilter()
            (filter.key, filter.who) = ("settings", "rare")
            #expect(try await all(ledger, filter).map(\.count) == [50])
        }
    }

    @Test(
        "refuses a cursor of another list", arguments: LedgerUnderTest.all,
        ["", "x", "1", "1:x", "1:2:3", "1:2; DROP TABLE audit"])
    func badCursor(kind: LedgerUnderTest, text: String) async throws {
        try await kind.withLedger { ledger in
            var filter = AuditFilter()
            filter.cursor = PageCursor(text)
            await #expect(throws: KVError.badCursor) { _ = try await ledger.audit(filter) }
        }
    }

    @Test("gives a record without a title the last title of its namespace", arguments: LedgerUnderTest.all)
    func titles(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            var (named, unnamed) = (record(1), record(1))
            (named.namespaceTitle, unnamed.namespaceTitle) = ("Settings", nil)
            try await ledger.appendAudit([named])
            try await ledger.appendAudit([unnamed])
            #expect(try await ledger.audit(AuditFilter()).items.map(\.namespaceTitle) == ["Settings", "Settings"])
        }
    }

    @Test("keeps every record of concurrent writers, also of cancelled tasks", arguments: LedgerUnderTest.all)
    func concurrentWriters(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 { group.addTask { try await ledger.appendAudit([record(number)]) } }
                group.cancelAll()
                try await group.waitForAll()
            }
            var filter = AuditFilter()
            filter.limit = 1_000
            #expect(try await Set(ledger.audit(filter).items.map(\.count)) == Set(0..<200))
        }
    }
}
