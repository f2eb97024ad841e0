import GRDB
import KVLedger
package import KVModel
import SQLiteLedger

/// A page of a list of jobs.
package struct JobPage: Sendable {
    package var jobs: [Job]
    /// Nil when the page is the last one.
    package var cursor: PageCursor?
    /// How many jobs match the filter, as far as they were counted.
    package var total: Int
    /// Whether `total` is the number of jobs that match; false when there are more.
    package var isTotalExact: Bool
}

/// How many jobs there are of a kind in a state.
package struct JobCensus: Hashable, Sendable {
    package var kind: String
    package var state: String
    package var count: Int
}

extension Ledger {
    func jobs(_ filter: JobFilter) async throws -> JobPage {
        try await readList { [works] db in
            let query = JobListQuery(filter)
            let (numbers, cursor) = try query.page(in: db)
            let isWhole = filter.cursor == nil && cursor == nil
            let count = isWhole ? numbers.count : try query.count(in: db)
            let statement = try db.cachedStatement(sql: "\(Self.jobQuery) WHERE number = ?")
            let jobs = try numbers.compactMap { number in
                try Row.fetchOne(statement, arguments: [number]).map { Job(row: $0, works: works) }
            }
            return JobPage(
                jobs: jobs, cursor: cursor, total: min(count, JobListQuery.maximumTotal),
                isTotalExact: count <= JobListQuery.maximumTotal)
        }
    }

    func jobCensus() async throws -> [JobCensus] {
        try await readList { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT kind, state, count(*) AS count FROM job INDEXED BY job_census WHERE state <> 'deleted'
                    GROUP BY kind, state
                    """
            ).map { JobCensus(kind: $0["kind"], state: $0["state"], count: $0["count"]) }
        }
    }
}
