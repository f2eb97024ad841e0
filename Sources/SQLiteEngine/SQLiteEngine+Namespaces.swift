import GRDB
package import KVModel

extension SQLiteEngine {
    package func namespaces(matching query: String, from cursor: PageCursor?, limit: Int) async throws -> Page<
        Namespace
    > {
        let after = try cursor.map { try KeyRange.decode($0) } ?? []
        return try readers.brief { connection in
            let statement = try connection.statement(
                """
                SELECT id, title, created_at, changed_at, protected, key_count, value_bytes FROM namespace
                WHERE title > CAST(?1 AS TEXT) AND (?2 = '' OR instr(lower(title), lower(?2)) > 0 OR instr(id, lower(?2)) > 0)
                ORDER BY title LIMIT ?3
                """)
            defer { statement.reset() }
            statement.bind(after, at: 1)
            statement.bind(text: query, at: 2)
            statement.bind(limit + 1, at: 3)
            var found: [Namespace] = []
            while try statement.step() { found.append(Namespace(row: statement)) }
            let isLast = found.count <= limit
            if !isLast { found.removeLast() }
            return Page(items: found, cursor: isLast ? nil : found.last.map { KeyRange.encode(Array($0.title.utf8)) })
        }
    }

    package func namespace(_ id: NamespaceID) async throws -> Namespace {
        try readers.brief { connection in
            let statement = try connection.statement(
                """
                SELECT id, title, created_at, changed_at, protected, key_count, value_bytes FROM namespace WHERE id = ?1
                """)
            defer { statement.reset() }
            statement.bind(text: id.text, at: 1)
            guard try statement.step() else { throw KVError.noNamespace(id) }
            return Namespace(row: statement)
        }
    }

    package func createNamespace(titled title: String) async throws -> Namespace {
        let namespace = Namespace(
            id: .random(), title: try Namespace.checkedTitle(title), keyCount: 0, valueBytes: 0, createdAt: clock.now)
        try await write { db in
            try Self.requireFree(title, in: db)
            try db.execute(
                sql: "INSERT INTO namespace (id, title, created_at) VALUES (?, ?, ?)",
                arguments: [namespace.id.text, title, namespace.createdAt?.milliseconds])
        }
        return namespace
    }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        if let title = change.title { _ = try Namespace.checkedTitle(title) }
        try await write { db in
            let current = try OpenNamespace(id, in: db)
            if let title = change.title, !title.utf8.elementsEqual(current.title.utf8) {
                try Self.requireFree(title, in: db)
                try db.execute(
                    sql: "UPDATE namespace SET title = ? WHERE number = ?", arguments: [title, current.number])
            }
            if let isProtected = change.isProtected {
                try db.execute(
                    sql: "UPDATE namespace SET protected = ? WHERE number = ?",
                    arguments: [isProtected, current.number])
            }
        }
        return try await namespace(id)
    }

    package func deleteNamespace(_ id: NamespaceID) async throws {
        try await write { db in
            let current = try OpenNamespace(id, in: db)
            try current.requireWritable()
            try db.execute(sql: "DELETE FROM namespace WHERE number = ?", arguments: [current.number])
            try db.execute(sql: "INSERT INTO cleared VALUES (?)", arguments: [current.number])
        }
    }

    private static func requireFree(_ title: String, in db: Database) throws {
        let isTaken = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM namespace WHERE title = ?)", arguments: [title])
        if isTaken == true { throw KVError.titleTaken(title) }
    }
}

/// A namespace as the transaction at hand finds it.
struct OpenNamespace {
    let number: Int
    let title: String
    let isProtected: Bool

    init(_ id: NamespaceID, in db: Database) throws {
        let statement = try db.statement("SELECT number, title, protected FROM namespace WHERE id = ?1")
        defer { statement.reset() }
        statement.bind(text: id.text, at: 1)
        guard try statement.step() else { throw KVError.noNamespace(id) }
        number = statement.integer(0)
        title = statement.text(1)
        isProtected = statement.integer(2) != 0
    }

    func requireWritable() throws {
        if isProtected { throw KVError.protected(title) }
    }
}

extension NamespaceID {
    static func random() -> NamespaceID {
        let hex = (0..<2).map { _ in
            let part = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - part.count) + part
        }
        return NamespaceID(hex.joined())
    }
}

extension Namespace {
    fileprivate init(row: Statement) {
        self.init(
            id: NamespaceID(row.text(0)), title: row.text(1), keyCount: row.integer(5), valueBytes: row.integer(6),
            createdAt: row.optionalInteger(2).map { Timestamp(milliseconds: $0) },
            changedAt: row.optionalInteger(3).map { Timestamp(milliseconds: $0) }, isProtected: row.integer(4) != 0)
    }
}
