import GRDB
import KVModel

extension Ledger {
    func audit(_ filter: AuditFilter) async throws -> Page<AuditRecord> {
        let start = try filter.cursor.map { try AuditPosition($0) }
        return try await read { db in
            let query = try AuditQuery(filter, in: db)
            let rows = try Row.fetchAll(
                db, sql: query.page(after: start, limit: filter.limit + 1), arguments: query.arguments)
            let last = rows.count > filter.limit ? AuditPosition(row: rows[filter.limit - 1]) : nil
            return Page(items: rows.prefix(filter.limit).map { AuditRecord(row: $0) }, cursor: last?.cursor)
        }
    }
}

/// Where a page ended: at a time, and a record's number, which settles ties.
private struct AuditPosition {
    let at: Int64
    let number: Int64

    init(row: Row) {
        at = row["at"]
        number = row["number"]
    }

    init(_ cursor: PageCursor) throws(KVError) {
        let parts = cursor.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int64(parts[0]), let number = Int64(parts[1]) else { throw KVError.badCursor }
        self.at = at
        self.number = number
    }

    var cursor: PageCursor { PageCursor("\(at):\(number)") }
}

/// A filter in SQL. Every way of asking reads an index in the order of time, and so no more of it than the page needs.
private struct AuditQuery {
    /// Above so many classes or places, one walk by time passes the others by more cheaply than each is asked.
    private static let mostGroups = 100
    /// Up to so many records of a key, or of some classes or places, may be read for one page.
    private static let fewRecords = 4_000

    /// What the page is taken from: the conditions that begin each of these have an index that goes on with the time.
    private var branches: [String] = []
    /// Named, since each branch has them.
    private(set) var arguments = StatementArguments()
    /// What else must hold.
    private var conditions = ""

    init(_ filter: AuditFilter, in db: Database) throws {
        add("at >= :since", "since", filter.since)
        add("at <= :until", "until", filter.until)
        let groups = try Groups(filter, in: db)
        if let job = filter.job {
            branches = ["job = :job"]
            arguments += ["job": job]
            add("key = :key", "key", filter.key.map(LedgerText.init))
            conditions += groups?.condition ?? ""
        } else if let key = filter.key {
            arguments += ["key": LedgerText(key)]
            if let groups, try Self.isRare(groups, beside: key, in: db) {
                branches = groups.branches
                conditions += " AND key = :key"
            } else {
                branches = ["key = :key"]
                conditions += groups?.condition ?? ""
            }
        } else if let groups, groups.numbers.count <= Self.mostGroups {
            branches = groups.branches
        } else {
            branches = ["1"]
            conditions += groups?.condition ?? ""
        }
    }

    private mutating func add(_ condition: String, _ name: String, _ value: (some DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions += " AND \(condition)"
        arguments += [name: value]
    }

    /// Whether a key has many records, and these classes or places have few.
    private static func isRare(_ groups: Groups, beside key: String, in db: Database) throws -> Bool {
        guard groups.numbers.count <= mostGroups else { return false }
        let ofKey = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (SELECT 1 FROM audit WHERE key = ? LIMIT \(fewRecords))",
            arguments: [LedgerText(key)])
        guard ofKey == fewRecords else { return false }
        var left = fewRecords
        for branch in groups.branches where left > 0 {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM audit WHERE \(branch) LIMIT \(left))"
            left -= try Int.fetchOne(db, sql: sql) ?? 0
        }
        return left > 0
    }

    func page(after start: AuditPosition?, limit: Int) -> String {
        let behind = start.map { " AND (at, number) < (\($0.at), \($0.number))" } ?? ""
        let parts = branches.map { branch in
            "SELECT * FROM (SELECT number FROM audit WHERE \(branch)\(conditions)\(behind) "
                + "ORDER BY at DESC, number DESC LIMIT \(limit))"
        }
        let numbers =
            parts.isEmpty ? "SELECT number FROM audit WHERE 0\(conditions)" : parts.joined(separator: " UNION ALL ")
        return """
            SELECT audit.*, who, action, store, namespace FROM (\(numbers)) AS found
            JOIN audit ON audit.number = found.number JOIN audit_class ON audit_class.number = audit.class
            JOIN audit_place ON audit_place.number = audit.place
            ORDER BY audit.at DESC, audit.number DESC LIMIT \(limit)
            """
    }
}

/// The classes, or where a namespace is asked for the places, that a filter lets through.
private struct Groups {
    let column: String
    let numbers: [Int64]

    /// Nil when the filter asks for none of what they hold.
    init?(_ filter: AuditFilter, in db: Database) throws {
        var conditions: [String] = []
        var arguments = StatementArguments()
        for (column, value) in [("who", filter.who), ("store", filter.store), ("namespace", filter.namespace)] {
            guard let value else { continue }
            conditions.append("\(column) = ?")
            arguments += [value]
        }
        if !filter.actions.isEmpty {
            conditions.append("action IN (\(databaseQuestionMarks(count: filter.actions.count)))")
            arguments += StatementArguments(filter.actions.map(\.rawValue))
        }
        guard !conditions.isEmpty else { return nil }
        column = filter.namespace == nil ? "class" : "place"
        let tables =
            filter.namespace == nil
            ? "audit_class" : "audit_place JOIN audit_class ON audit_class.number = audit_place.class"
        numbers = try Int64.fetchAll(
            db, sql: "SELECT audit_\(column).number FROM \(tables) WHERE \(conditions.joined(separator: " AND "))",
            arguments: arguments)
    }

    var branches: [String] { numbers.map { "\(column) = \($0)" } }
    var condition: String { " AND \(column) IN (\(numbers.map(String.init).joined(separator: ", ")))" }
}
