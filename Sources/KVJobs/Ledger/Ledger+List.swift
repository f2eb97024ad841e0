import Foundation
import GRDB
import KVModel

extension Ledger {
    func jobs(_ filter: JobFilter) async throws -> (page: Page<Job>, total: Int) {
        let query = JobQuery(filter)
        let start = try filter.cursor.map { try JobQuery.Position($0) }
        return try await read { db in
            let total =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM job WHERE \(query.conditions)", arguments: query.arguments) ?? 0
            let rows = try Row.fetchAll(
                db, sql: query.page(after: start), arguments: query.arguments(after: start, limit: filter.limit + 1))
            let jobs = try rows.prefix(filter.limit).map { try Job(row: $0) }
            let last = rows.count > filter.limit ? JobQuery.Position(row: rows[filter.limit - 1]) : nil
            return (Page(items: jobs, cursor: last?.cursor), total)
        }
    }
}

/// A filter in SQL: its values are arguments, its columns come from a closed list.
private struct JobQuery {
    /// Where a page ended: the value sorted by, and the job's number, which settles ties.
    struct Position {
        let value: DatabaseValue
        let number: Int64
    }

    private(set) var conditions = "1"
    private(set) var arguments = StatementArguments()
    private let column: String
    private let isDescending: Bool

    init(_ filter: JobFilter) {
        column =
            switch filter.order {
            case .created: "created_at"
            case .started: "coalesce(started_at, 0)"
            case .finished: "coalesce(finished_at, 0)"
            case .processed: "(succeeded + failed + skipped)"
            case .failed: "failed"
            case .kind: "kind"
            case .state: "state"
            }
        isDescending = filter.isDescending
        add("state", oneOf: filter.states.map(\.rawValue))
        add("kind", oneOf: filter.kinds.map(\.rawValue))
        add("store = ?", filter.store)
        add("namespace = ?", filter.namespace)
        add("created_at >= ?", filter.since)
        add("created_at <= ?", filter.until)
        add("substr(id, 1, length(?)) = ?", filter.id, times: 2)
        add("failed >= ?", filter.minimumFailures)
    }

    private mutating func add(_ column: String, oneOf values: [String]) {
        guard !values.isEmpty else { return }
        conditions += " AND \(column) IN (\(databaseQuestionMarks(count: values.count)))"
        arguments += StatementArguments(values)
    }

    private mutating func add(_ condition: String, _ value: (some DatabaseValueConvertible)?, times: Int = 1) {
        guard let value else { return }
        conditions += " AND \(condition)"
        for _ in 0..<times { arguments += [value] }
    }

    func page(after start: Position?) -> String {
        let direction = isDescending ? "DESC" : "ASC"
        let comparison = isDescending ? "<" : ">"
        let behind = start == nil ? "" : "AND (\(column), number) \(comparison) (?, ?)"
        return """
            SELECT *, \(column) AS sorted_by FROM job WHERE \(conditions) \(behind)
            ORDER BY \(column) \(direction), number \(direction) LIMIT ?
            """
    }

    func arguments(after start: Position?, limit: Int) -> StatementArguments {
        guard let start else { return arguments + [limit] }
        return arguments + [start.value, start.number, limit]
    }
}

extension JobQuery.Position {
    init(row: Row) {
        self.init(value: row["sorted_by"], number: row["number"])
    }

    /// `number:i…` or `number:s…`, by the kind of value.
    init(_ cursor: PageCursor) throws(KVError) {
        let parts = cursor.text.split(separator: ":", maxSplits: 1)
        let text = parts.last.map { String($0.dropFirst()) } ?? ""
        switch (parts.count, parts.first.flatMap { Int64($0) }, parts.last?.first, Int64(text)) {
        case (2, let number?, "i", let integer?):
            self.init(value: integer.databaseValue, number: number)
        case (2, let number?, "s", _):
            self.init(value: text.databaseValue, number: number)
        default:
            throw KVError.badCursor
        }
    }

    var cursor: PageCursor {
        let text =
            switch value.storage {
            case .int64(let integer): "i\(integer)"
            case .string(let string): "s\(string)"
            default: "i0"
            }
        return PageCursor("\(number):\(text)")
    }
}
