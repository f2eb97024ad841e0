import GRDB
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("Filters and orders of the list of jobs")
struct JobListTests {
    private func job(_ number: Int, id: String? = nil) -> Job {
        let work: any JobKind = number % 4 == 0 ? ExportJob(.all, ExportForm()) : DeleteJob(.all)
        var job = Job(
            id: JobID(id ?? "\(number * 7_919 % 1_000)-job"), store: number % 2 == 0 ? "local" : "other",
            namespace: NamespaceID("n\(number % 3)"), namespaceTitle: "t",
            work: work, readsExactly: false, createdBy: "test",
            createdAt: Timestamp(milliseconds: Int64(1_000 + number / 2)), state: .queued, progress: JobProgress())
        job.state = JobState.allCases[number % JobState.allCases.count]
        job.startedAt = number % 5 == 0 ? nil : Timestamp(milliseconds: Int64(2_000 - number % 9))
        job.progress.succeeded = number * 31 % 17
        job.progress.failed = number % 4
        return job
    }

    private func ledger(_ jobs: [Job]) async throws -> JobsUnderTest {
        let test = try await JobsUnderTest()
        for job in jobs {
            try await test.ledger.put(job)
        }
        return test
    }

    private func all(_ ledger: SQLiteLedger, _ filter: JobFilter) async throws -> (ids: [String], totals: Set<Int>) {
        var filter = filter
        filter.limit = 4
        var ids: [String] = []
        var totals: Set<Int> = []
        repeat {
            let page = try await ledger.jobs(filter)
            #expect(page.isTotalExact)
            ids += page.jobs.map(\.id.text)
            totals.insert(page.total)
            filter.cursor = page.cursor
        } while filter.cursor != nil
        return (ids, totals)
    }

    private static let filters: [(@Sendable (inout JobFilter) -> Void, @Sendable (Job) -> Bool)] = [
        ({ $0.states = [.completed, .failed] }, { $0.state == .completed || $0.state == .failed }),
        ({ $0.kinds = ["export"] }, { $0.kindName == "export" }),
        ({ $0.store = "other" }, { $0.store == "other" }),
        ({ $0.namespace = "n1" }, { $0.namespace.text == "n1" }),
        ({ $0.since = 1_010 }, { $0.createdAt >= 1_010 }),
        ({ $0.until = 1_020 }, { $0.createdAt <= 1_020 }),
        ({ $0.id = "7" }, { $0.id.text.hasPrefix("7") }),
        ({ $0.minimumFailures = 2 }, { $0.progress.failed >= 2 }),
    ]

    @Test(
        "gives what every two filters let through, in every order, with the right total",
        arguments: JobFilter.Order.allCases)
    func filtersAndOrders(order: JobFilter.Order) async throws {
        let jobs = (0..<60).map { job($0) }
        let test = try await ledger(jobs)
        for (index, one) in Self.filters.enumerated() {
            for other in Self.filters[index...] {
                for isDescending in [true, false] {
                    var filter = JobFilter()
                    one.0(&filter)
                    other.0(&filter)
                    (filter.order, filter.isDescending) = (order, isDescending)
                    let expected = jobs.enumerated().filter { one.1($0.element) && other.1($0.element) }
                        .sorted { left, right in
                            let values = (value(left.element, order), value(right.element, order))
                            let isBefore = values.0 == values.1 ? left.offset < right.offset : values.0 < values.1
                            return isBefore != isDescending
                        }
                    let found = try await all(test.ledger, filter)
                    #expect(found.ids == expected.map(\.element.id.text))
                    #expect(found.totals == [expected.count])
                }
            }
        }
    }

    private func value(_ job: Job, _ order: JobFilter.Order) -> String {
        switch order {
        case .created: "\(job.createdAt)"
        case .started: "\(job.startedAt ?? 1_000)"
        case .finished: "\(job.finishedAt ?? 1_000)"
        case .processed: String(repeating: "x", count: job.progress.processed)
        case .failed: "\(job.progress.failed)"
        case .kind: job.kindName
        case .state: job.state.rawValue
        }
    }

    @Test("follows what changes in the ledger")
    func changes() async throws {
        let test = try await ledger((0..<5).map { job($0, id: "job-\($0)") })
        let ledger = test.ledger
        #expect(try await test.jobs.list(JobFilter()).total == 5)

        var changed = try await ledger.job(JobID("job-2"))
        (changed.state, changed.progress.failed) = (.incomplete, 900)
        try await ledger.put(changed)
        try await ledger.put(job(9, id: "later"))
        try await ledger.write { db in try db.execute(sql: "DELETE FROM job WHERE id IN ('job-0', 'job-1', 'job-4')") }
        var filter = JobFilter()
        #expect(try await all(ledger, filter).ids == ["later", "job-3", "job-2"])
        filter.minimumFailures = 900
        #expect(try await all(ledger, filter).ids == ["job-2"])

        try? await ledger.write { db in
            try db.execute(sql: "UPDATE job SET failed = 1000")
            throw KVError(.internalError, "not so")
        }
        #expect(try await ledger.jobs(filter).total == 1)
    }

    @Test("finds an id by any beginning of it")
    func ids() async throws {
        let ids = ["0123456789abcdef", "0123456789abffff", "01234567", "01"]
        let test = try await ledger(ids.enumerated().map { job($0, id: $1) })
        var filter = JobFilter()
        for length in 1...16 {
            let prefix = String(ids[0].prefix(length))
            filter.id = prefix
            #expect(try await Set(all(test.ledger, filter).ids) == Set(ids.filter { $0.hasPrefix(prefix) }))
        }
    }

    @Test("goes on behind a word that no job has any more")
    func vanishedWord() async throws {
        let test = try await ledger([job(0, id: "a"), job(1, id: "b")])
        var filter = JobFilter()
        (filter.order, filter.isDescending) = (.kind, false)
        filter.cursor = PageCursor("9:sdeletf")
        #expect(try await test.ledger.jobs(filter).jobs.map(\.id.text) == ["a"])
        filter.cursor = PageCursor("1:i5")
        await #expect(throws: KVError.badCursor) { _ = try await test.ledger.jobs(filter) }
    }

    @Test("counts up to 10,000 jobs")
    func many() async throws {
        let test = try await JobsUnderTest()
        try await test.ledger.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
                    INSERT INTO job (id, kind, state, store, namespace, namespace_title, work, created_by, created_at)
                    SELECT 'job-' || i, 'delete', 'completed', 'local', 'n', 't', '{"delete":{"_0":{"all":{}}}}', 'test', i
                    FROM n
                    """)
        }
        let page = try await test.ledger.jobs(JobFilter())
        #expect(page.total == 10_000)
        #expect(!page.isTotalExact)
        #expect(page.jobs.first?.id.text == "job-12000")
        var filter = JobFilter()
        filter.until = 10_000
        let exact = try await test.ledger.jobs(filter)
        #expect(exact.total == 10_000)
        #expect(exact.isTotalExact)
    }
}
