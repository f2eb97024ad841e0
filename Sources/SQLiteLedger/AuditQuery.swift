import GRDB
package import KVLedger
package import KVModel

extension SQLiteLedger: AuditStore {
    package func audit(_ filter: AuditFilter) async throws -> Page<AuditRecord> {
        let start = try filter.cursor.map { try AuditPosition($0) }
        return try await readList { db in
            let query = try AuditQuery(filter, after: start, in: db)
            let rows = try Row.fetchAll(
                db, sql: query.page(limit: filter.limit + 1), arguments: query.arguments)
            let last = rows.count > filter.limit ? AuditPosition(row: rows[filter.limit - 1]) : nil
            return Page(items: rows.prefix(filter.limit).map { AuditRecord(row: $0) }, cursor: last?.cursor)
        }
    }
}

/// Where a page ended: at a time, and a record's number, which settles ties.
private struct AuditPosition {
    let at: Timestamp
    let number: Int64

    init(row: Row) {
        at = row["at"]
        number = row["number"]
    }

    init(_ cursor: PageCursor) throws(KVError) {
        let parts = cursor.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int64(parts[0]), let number = Int64(parts[1]) else { throw KVError.badCursor }
        self.at = Timestamp(milliseconds: at)
        self.number = number
    }

    var cursor: PageCursor { PageCursor("\(at.milliseconds):\(number)") }
}

/// A filter in SQL. Every way of asking reads an index in the order of time, and so hardly more of it than the page needs.
private struct AuditQuery {
    /// Above so many classes or places, one walk by time passes the others by more cheaply than each is asked.
    private static let mostGroups = 100
    /// Up to so many records may be read and sorted for one page.
    private static let fewRecords = 4_000

    private let start: AuditPosition?
    private let until: Timestamp?
    /// What the page is taken from: each of these conditions has an index that goes on with the time.
    private var branches: [String] = ["1"]
    /// Named, since each branch has them.
    private(set) var arguments = StatementArguments()
    /// What else must hold.
    private var conditions = ""

    init(_ filter: AuditFilter, after start: AuditPosition?, in db: Database) throws {
        self.start = start
        until = filter.until
        add("at >= :since", "since", filter.since)
        add("at <= :until", "until", filter.until)
        let groups = try Groups(filter, in: db)
        if let job = filter.job {
            add("key = :key", "key", filter.key.map(LedgerText.init))
            arguments += ["job": job]
            try walk("job = :job", groups, in: db)
        } else if let key = filter.key {
            arguments += ["key": LedgerText(key)]
            if let groups, try !Self.isRare("key = :key", ["key": LedgerText(key)], in: db),
                try Self.isRare(groups.condition, in: db)
            {
                branches = [groups.condition]
                conditions += " AND key = :key"
            } else {
                try walk("key = :key", groups, in: db)
            }
        } else if let groups {
            if groups.numbers.count <= Self.mostGroups {
                branches = groups.numbers.map { "\(groups.column) = \($0)" }
            } else if try Self.isRare(groups.condition, in: db) {
                branches = [groups.condition]
            } else {
                try walk("1", groups, in: db)
            }
        }
    }

    private mutating func add(_ condition: String, _ name: String, _ value: (some DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions += " AND \(condition)"
        arguments += [name: value]
    }

    /// Goes by the time through what has an index, from the newest record of the groups on, and looks at each whether it
    /// is of them.
    private mutating func walk(_ condition: String, _ groups: Groups?, in db: Database) throws {
        branches = [condition]
        guard let groups else { return }
        let newest = try groups.newest(upTo: [start?.at, until].compactMap(\.self).min(), in: db)
        // The sign keeps SQLite from going by the groups instead.
        conditions += " AND +\(groups.condition) AND at <= \(newest?.milliseconds ?? .min)"
    }

    private static func isRare(
        _ condition: String, _ arguments: StatementArguments = StatementArguments(), in db: Database
    ) throws -> Bool {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM audit WHERE \(condition) LIMIT \(fewRecords))"
        return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0 < fewRecords
    }

    func page(limit: Int) -> String {
        let behind = start.map { " AND (at, number) < (\($0.at.milliseconds), \($0.number))" } ?? ""
        let parts = (branches.isEmpty ? ["0"] : branches).map { branch in
            "SELECT * FROM (SELECT at, number FROM audit WHERE \(branch)\(conditions)\(behind) "
                + "ORDER BY at DESC, number DESC LIMIT \(limit))"
        }
        // Only what is of the page is looked up.
        return """
            SELECT audit.*, who, action, store, namespace FROM
                (SELECT * FROM (\(parts.joined(separator: " UNION ALL "))) ORDER BY at DESC, number DESC LIMIT \(limit)) AS found
            JOIN audit ON audit.number = found.number JOIN audit_class ON audit_class.number = audit.class
            JOIN audit_place ON audit_place.number = audit.place
            ORDER BY audit.at DESC, audit.number DESC
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

    var condition: String { "\(column) IN (\(numbers.map(String.init).joined(separator: ", ")))" }

    /// When the last record of these was made, up to a time; nil: at any time.
    func newest(upTo time: Timestamp?, in db: Database) throws -> Timestamp? {
        try Timestamp.fetchOne(
            db,
            sql: """
                SELECT max((SELECT at FROM audit WHERE \(column) = known.number AND at <= ? ORDER BY at DESC LIMIT 1))
                FROM audit_\(column) AS known WHERE number IN (\(numbers.map(String.init).joined(separator: ", ")))
                """,
            arguments: [time?.milliseconds ?? .max])
    }
}
