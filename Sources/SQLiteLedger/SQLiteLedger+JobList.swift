import GRDB
package import KVLedger
import KVModel

extension SQLiteLedger {
    package func jobs(_ filter: JobFilter) async throws -> JobPage {
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

    package func jobCensus() async throws -> [JobCensus] {
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
