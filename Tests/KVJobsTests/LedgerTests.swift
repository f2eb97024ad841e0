import KVLedger
import KVModel
import KVTransfer
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("The list of jobs")
struct LedgerTests {
    private func filled(_ count: Int) async throws -> (SQLiteLedger, JobsUnderTest) {
        let test = try await JobsUnderTest()
        for number in 0..<count {
            let work: any JobKind =
                number.isMultiple(of: 4)
                ? ExportJob(.all, ExportForm(format: .csv, isGzipped: true)) : DeleteJob(.prefix("p"))
            var job = Job(
                id: JobID("job-\(number)"), store: number.isMultiple(of: 2) ? "local" : "other",
                namespace: NamespaceID("n\(number % 3)"), namespaceTitle: "t",
                work: work,
                readsExactly: number.isMultiple(of: 3),
                createdBy: "test", createdAt: Timestamp(milliseconds: Int64(1_000 + number / 2)), state: .queued,
                progress: JobProgress())
            job.state = number.isMultiple(of: 5) ? .failed : .completed
            job.progress.failed = number % 7
            job.progress.succeeded = number
            try await test.ledger.put(job)
        }
        return (test.ledger, test)
    }

    private func ids(_ ledger: SQLiteLedger, _ change: (inout JobFilter) -> Void) async throws -> [String] {
        var filter = JobFilter()
        filter.limit = 3
        change(&filter)
        var ids: [String] = []
        repeat {
            let page = try await ledger.jobs(filter)
            ids += page.jobs.map(\.id.text)
            filter.cursor = page.cursor
        } while filter.cursor != nil
        return ids
    }

    @Test("pages through every order without a gap or a repeat", arguments: JobFilter.Order.allCases, [true, false])
    func orders(order: JobFilter.Order, isDescending: Bool) async throws {
        let (ledger, test) = try await filled(20)
        let found = try await ids(ledger) {
            $0.order = order
            $0.isDescending = isDescending
        }
        #expect(found.count == 20)
        #expect(Set(found).count == 20)
        if order == .processed { #expect(found.first == (isDescending ? "job-19" : "job-0")) }
        withExtendedLifetime(test) {}
    }

    @Test("filters by each field")
    func filters() async throws {
        let (ledger, test) = try await filled(20)
        let failed = try await ids(ledger) { $0.states = [.failed] }
        #expect(Set(failed) == ["job-0", "job-5", "job-10", "job-15"])
        #expect(try await ids(ledger) { $0.kinds = ["export"] }.count == 5)
        #expect(try await ids(ledger) { $0.store = "other" }.count == 10)
        #expect(try await ids(ledger) { $0.namespace = "n1" }.count == 7)
        #expect(try await ids(ledger) { $0.id = "job-1" }.count == 11)
        #expect(try await ids(ledger) { $0.minimumFailures = 5 }.count == 5)
        let range = try await ids(ledger) {
            $0.since = 1_002
            $0.until = 1_003
        }
        #expect(Set(range) == ["job-4", "job-5", "job-6", "job-7"])
        #expect(try await ids(ledger) { $0.id = "' OR 1 --" }.isEmpty)
        withExtendedLifetime(test) {}
    }
}
