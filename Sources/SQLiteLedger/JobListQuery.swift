import GRDB
import KVLedger
import KVModel

/// The SQL of a page of jobs and of its total.
///
/// The indexes `job_created` and `job_in_namespace` are in the order of creation and hold what filters and orders need and
/// what does not change while a job runs: a batch writes its counts to the table, and to no index. A filter on failures,
/// and an order by counts, read the table.
///
/// Each query names its index. SQLite has no statistics of the ledger, and would choose an index that fits one of the
/// filters and then sort all that it finds.
struct JobListQuery {
    /// A total is counted up to this number. A namespace with no more jobs is read by its index in any order.
    static let maximumTotal = 10_000

    private let filter: JobFilter
    private let order: JobListOrder
    private var conditions = ["state <> 'deleted'"]
    private var arguments: StatementArguments = [:]

    private enum Source: String {
        case table = "NOT INDEXED"
        case creation = "INDEXED BY job_created"
        case namespace = "INDEXED BY job_in_namespace"
        /// The index of the unique ids.
        case id = "INDEXED BY sqlite_autoindex_job_1"

        /// The order in which the source is read without sorting.
        var order: String? {
            switch self {
            case .table: "number"
            case .creation, .namespace: "created_at"
            case .id: nil
            }
        }
    }

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
        // No byte of UTF-8 is 0xFF.
        add("id >= :id AND id < :id || x'FF'", "id", filter.id)
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

    private var condition: String { conditions.joined(separator: " AND ") }

    // MARK: Page

    /// The numbers of the page's jobs, in its order. The cursor is nil for the last page.
    ///
    /// Throws `invalid_cursor` for a cursor that does not belong to the order.
    func page(in db: Database) throws -> (numbers: [Int64], cursor: PageCursor?) {
        let direction = filter.isDescending ? "DESC" : "ASC"
        var arguments = arguments
        var after = ""
        if let cursor = filter.cursor {
            let position = try order.position(cursor)
            after = "AND (\(order.expression), number) \(filter.isDescending ? "<" : ">") (:value, :number)"
            arguments += ["value": position.value, "number": position.number]
        }
        let source = try pageSource(in: db)
        var jobs = "SELECT number, \(order.expression) AS value FROM job \(source.rawValue) WHERE \(condition) \(after)"
        if !order.isCreation, let natural = source.order {
            // Where the order follows the time, most of a walk in its direction comes too late to be sorted. The limit keeps
            // SQLite from leaving out this order, which the outer one makes superfluous.
            jobs = "SELECT * FROM (\(jobs) ORDER BY \(natural) \(direction) LIMIT -1)"
        }
        let rows = try Row.fetchAll(
            db, sql: "\(jobs) ORDER BY value \(direction), number \(direction) LIMIT \(filter.limit + 1)",
            arguments: arguments)
        let cursor = rows.count > filter.limit ? order.cursor(after: rows[filter.limit - 1]) : nil
        return (rows.prefix(filter.limit).map { $0["number"] }, cursor)
    }

    private func pageSource(in db: Database) throws -> Source {
        if filter.id != nil { return .id }
        if filter.namespace != nil, try order.isCreation && filter.minimumFailures == nil || isNamespaceSmall(in: db) {
            return .namespace
        }
        return filter.minimumFailures != nil || !order.isIndexed ? .table : .creation
    }

    private func isNamespaceSmall(in db: Database) throws -> Bool {
        try count(
            "job INDEXED BY job_in_namespace WHERE namespace = :namespace", ["namespace": filter.namespace], in: db)
            <= Self.maximumTotal
    }

    // MARK: Total

    /// The number of jobs that match, up to `maximumTotal` + 1.
    func count(in db: Database) throws -> Int {
        try count("job \(try countSource(in: db).rawValue) WHERE \(condition)", arguments, in: db)
    }

    private func countSource(in db: Database) throws -> Source {
        if filter.id != nil { return .id }
        if filter.minimumFailures != nil {
            return try filter.namespace != nil && isNamespaceSmall(in: db) ? .namespace : .table
        }
        return filter.namespace != nil ? .namespace : .creation
    }

    private func count(_ jobs: String, _ arguments: StatementArguments, in db: Database) throws -> Int {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM \(jobs) LIMIT \(Self.maximumTotal + 1))"
        return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
    }
}
