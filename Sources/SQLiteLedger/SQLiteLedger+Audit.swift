import GRDB
import KVLedger
import KVModel

extension SQLiteLedger {
    /// Records name what many have in common by number: `audit_class` holds who did what in which store, `audit_place`
    /// that and in which namespace. So any of these in a filter, or several, are a few numbers, and each has an index by time.
    static let auditTables = """
        CREATE TABLE audit_class (
            number INTEGER PRIMARY KEY,
            who TEXT NOT NULL,
            action TEXT NOT NULL,
            store TEXT NOT NULL,
            UNIQUE (who, action, store));
        CREATE TABLE audit_place (
            number INTEGER PRIMARY KEY,
            class INTEGER NOT NULL REFERENCES audit_class,
            namespace TEXT NOT NULL,
            UNIQUE (namespace, class));
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            class INTEGER NOT NULL REFERENCES audit_class,
            place INTEGER NOT NULL REFERENCES audit_place,
            via TEXT NOT NULL,
            namespace_title TEXT,
            key TEXT,
            count INTEGER NOT NULL,
            job TEXT,
            job_kind TEXT,
            detail TEXT NOT NULL);
        CREATE INDEX audit_at ON audit(at, class, place);
        CREATE INDEX audit_class_at ON audit(class, at);
        CREATE INDEX audit_place_at ON audit(place, at);
        CREATE INDEX audit_key ON audit(key, at, class, place) WHERE key IS NOT NULL;
        CREATE INDEX audit_job ON audit(job, at) WHERE job IS NOT NULL;
        """

    static func appendAudit(_ record: AuditRecord, in db: Database) throws {
        let (kind, place) = try auditNumbers(of: record, in: db)
        let title = try record.namespaceTitle ?? lastTitle(of: record.namespace, in: db)
        try db.cachedStatement(
            sql: """
                INSERT INTO audit (at, class, place, via, namespace_title, key, count, job, job_kind, detail, request)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            record.at, kind, place, record.via.rawValue, title, record.key.map { LedgerText($0.name) }, record.count,
            record.job?.text, record.jobKind, LedgerText(record.detail), record.request,
        ])
    }

    /// Those of its class and its place, which are made if they are new.
    private static func auditNumbers(of record: AuditRecord, in db: Database) throws -> (kind: Int64, place: Int64) {
        let names: StatementArguments = [record.who, record.action.rawValue, record.store]
        let known = try db.cachedStatement(
            sql: "SELECT number FROM audit_class WHERE who = ? AND action = ? AND store = ?")
        let kind = try Int64.fetchOne(known, arguments: names) ?? newAuditClass(names, in: db)
        let place = try db.cachedStatement(sql: "SELECT number FROM audit_place WHERE namespace = ? AND class = ?")
        if let number = try Int64.fetchOne(place, arguments: [record.namespace.text, kind]) { return (kind, number) }
        try db.execute(
            sql: "INSERT INTO audit_place (namespace, class) VALUES (?, ?)", arguments: [record.namespace.text, kind])
        return (kind, db.lastInsertedRowID)
    }

    private static func newAuditClass(_ names: StatementArguments, in db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT INTO audit_class (who, action, store) VALUES (?, ?, ?)", arguments: names)
        return db.lastInsertedRowID
    }

    /// What the namespace was called in its last record.
    private static func lastTitle(of namespace: NamespaceID, in db: Database) throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT last.namespace_title FROM audit_place JOIN audit AS last ON last.number =
                    (SELECT number FROM audit WHERE place = audit_place.number ORDER BY at DESC LIMIT 1)
                WHERE audit_place.namespace = ? AND last.namespace_title IS NOT NULL ORDER BY last.at DESC LIMIT 1
                """,
            arguments: [namespace.text])
    }
}

extension AuditRecord {
    /// A row of the tables `audit`, `audit_class` and `audit_place` together.
    init(row: Row) {
        self.init(
            at: row["at"], who: row["who"], via: AuditVia(rawValue: row["via"]),
            action: AuditAction(rawValue: row["action"]), store: row["store"],
            namespace: NamespaceID(row["namespace"]), namespaceTitle: row["namespace_title"],
            key: row.text("key").map { Key(stored: Array($0.utf8)) }, count: row["count"],
            job: (row["job"] as String?).map { JobID($0) }, jobKind: row["job_kind"], detail: row.text("detail") ?? "",
            request: row["request"])
    }
}
