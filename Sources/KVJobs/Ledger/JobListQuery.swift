import GRDB
import KVModel

/// The SQL of a page of jobs and of its total.
///
/// The indexes hold what does not change while a job runs: a batch writes its counts and no index. A filter on a
/// namespace reads the index `job_in_namespace`. Other filters read `job_created`. Both are in the order of creation and
/// cover the filters on state, kind, store and time. An order by counts, or a filter on failures, reads the table.
struct JobListQuery {
    /// A total is counted up to this number.
    static let maximumTotal = 10_000

    private let filter: JobFilter
    private let order: JobListOrder
    private var conditions = ["state <> 'deleted'"]
    private var arguments: StatementArguments = [:]

    init(_ filter: JobFilter) {
        self.filter = filter
        order = JobListOrder(filter.order)
        add("state", filter.states.map(\.rawValue))
        add("kind", filter.kinds)
        add("store = :store", "store", filter.store)
        add("namespace = :namespace", "namespace", filter.namespace)
        add("created_at >= :since", "since", filter.since)
        add("created_at <= :until", "until", filter.until)
        add("failed >= :failures", "failures", filter.minimumFailures)
        if let id = filter.id {
            // No byte of UTF-8 is 0xFF.
            add("id >= :id AND id < :id || x'FF'", "id", id)
        }
    }

    private mutating func add(_ condition: String, _ name: String, _ value: (some DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [name: value]
    }

    private mutating func add(_ column: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        let names = values.indices.map { "\(column)\($0)" }
        conditions.append("\(column) IN (\(names.map { ":\($0)" }.joined(separator: ", ")))")
        for (name, value) in zip(names, values) { arguments += [name: value] }
    }

    /// The number of jobs that match, up to `maximumTotal` + 1.
    func count(in db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (SELECT 1 FROM \(source(isOrdered: false)) LIMIT \(Self.maximumTotal + 1))",
            arguments: arguments) ?? 0
    }

    /// The numbers of the page's jobs, in its order. The cursor is nil for the last page.
    ///
    /// Throws `invalid_cursor` for a cursor that does not belong to the order.
    func page(in db: Database) throws -> (numbers: [Int64], cursor: PageCursor?) {
        var arguments = arguments
        var sql = "SELECT number, \(order.expression) AS value FROM \(source(isOrdered: true))"
        if let cursor = filter.cursor {
            let position = try order.position(cursor)
            sql += " AND (\(order.expression), number) \(filter.isDescending ? "<" : ">") (:value, :number)"
            arguments += ["value": position.value, "number": position.number]
        }
        let direction = filter.isDescending ? "DESC" : "ASC"
        sql += " ORDER BY \(order.expression) \(direction), number \(direction) LIMIT \(filter.limit + 1)"
        let rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
        let cursor = rows.count > filter.limit ? order.cursor(after: rows[filter.limit - 1]) : nil
        return (rows.prefix(filter.limit).map { $0["number"] }, cursor)
    }

    private func source(isOrdered: Bool) -> String {
        "job \(index(isOrdered: isOrdered)) WHERE \(conditions.joined(separator: " AND "))"
    }

    /// The index to read. SQLite has no statistics of the ledger, and would choose an index that fits one of the filters
    /// and then sort what it finds.
    private func index(isOrdered: Bool) -> String {
        if filter.id != nil { return "" }
        if filter.namespace != nil { return "INDEXED BY job_in_namespace" }
        let readsTable = filter.minimumFailures != nil || isOrdered && !order.isIndexed
        return readsTable ? "NOT INDEXED" : "INDEXED BY job_created"
    }
}
