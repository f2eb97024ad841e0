import GRDB
import KVModel

extension Ledger {
    func jobs(_ filter: JobFilter) async throws -> (page: Page<Job>, total: Int) {
        try await readJobsIntoMemory()
        return try await read { [columns, works] db in
            let matches = try columns.matches(filter, in: db)
            let statement = try db.cachedStatement(sql: "\(Self.jobQuery) WHERE number = ?")
            let jobs = try matches.numbers.compactMap { number in
                try Row.fetchOne(statement, arguments: [number]).map { Job(row: $0, works: works) }
            }
            return (Page(items: jobs, cursor: matches.cursor), matches.total)
        }
    }

    func jobCensus() async throws -> [JobCensus] {
        try await readJobsIntoMemory()
        return try await read { [columns] db in try columns.census(in: db) }
    }

    /// What lists need of jobs, unless it has been done. Done at the start of the program, so that nobody has to wait for it.
    func readJobsIntoMemory() async throws {
        while try await read({ [columns] db in try columns.readOn(db) }) {}
    }
}

/// How many jobs there are of a kind in a state.
package struct JobCensus: Hashable, Sendable {
    package var kind: String
    package var state: String
    package var count: Int
}
