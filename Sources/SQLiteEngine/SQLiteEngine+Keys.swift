package import KVModel

extension SQLiteEngine {
    package func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        let range = try KeyRange(query)
        let now = clock.now
        guard query.limit > 1_000 else {
            return try readers.brief { try $0.keys(in: namespace, range, limit: query.limit, now: now) }
        }
        return try await readers.lengthy { try $0.keys(in: namespace, range, limit: query.limit, now: now) }
    }

    package func folders(
        in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]
    ) async throws -> FolderPage {
        let range = try KeyRange(query)
        let now = clock.now
        return try await readers.lengthy { connection in
            var walk = FolderWalk(
                prefix: query.prefix, delimiter: delimiter, range: range, limit: query.limit, now: now)
            return try walk.page(of: namespace, on: connection)
        }
    }

    package func count(in namespace: NamespaceID, prefix: [UInt8]) async throws -> Int? {
        if prefix.isEmpty { return try await self.namespace(namespace).keyCount }
        let now = clock.now
        return try await readers.lengthy { connection in
            let number = try connection.number(of: namespace)
            return try connection.count(in: number, KeyRange(prefix: prefix), atMost: .max, now: now)
        }
    }
}

extension ReadConnection {
    /// Throws `namespace_not_found`.
    func number(of namespace: NamespaceID) throws -> Int {
        let statement = try statement("SELECT number FROM namespace WHERE id = ?1")
        defer { statement.reset() }
        statement.bind(text: namespace.text, at: 1)
        guard try statement.step() else { throw KVError.noNamespace(namespace) }
        return statement.integer(0)
    }

    func keys(in namespace: NamespaceID, _ range: KeyRange, limit: Int, now: Timestamp) throws -> Page<KeyInfo> {
        let statement = try listing(in: try number(of: namespace), range, now: now)
        defer { statement.reset() }
        var found: [KeyInfo] = []
        found.reserveCapacity(min(limit, 10_000))
        while found.count < limit, try statement.step() { found.append(KeyInfo(row: statement)) }
        let isLast = try found.count < limit || !statement.step()
        return Page(
            items: found, cursor: isLast ? nil : found.last.map { KeyRange.encode(KeyRange.after($0.key.bytes)) })
    }

    /// Rows for `KeyInfo(row:)` in byte order, unbounded: step as far as needed, then reset.
    func listing(in number: Int, _ range: KeyRange, now: Timestamp) throws -> Statement {
        let statement = try statement(
            """
            SELECT key, size, metadata, expires, value_id FROM entry
            WHERE namespace = ?1 AND key >= ?2 AND key < ?3 AND (expires IS NULL OR expires > ?4) ORDER BY key
            """)
        statement.bind(number, at: 1)
        statement.bind(range.lower, at: 2)
        statement.bind(range.upper, at: 3)
        statement.bind(now.seconds, at: 4)
        return statement
    }

    func count(in number: Int, _ range: KeyRange, atMost limit: Int, now: Timestamp) throws -> Int {
        let statement = try statement(
            """
            SELECT count(*) FROM (SELECT 1 FROM entry WHERE namespace = ?1 AND key >= ?2 AND key < ?3
                AND (expires IS NULL OR expires > ?4) LIMIT ?5)
            """)
        defer { statement.reset() }
        statement.bind(number, at: 1)
        statement.bind(range.lower, at: 2)
        statement.bind(range.upper, at: 3)
        statement.bind(now.seconds, at: 4)
        statement.bind(limit, at: 5)
        return try statement.step() ? statement.integer(0) : 0
    }
}

extension KeyInfo {
    init(row: Statement) {
        let expires = row.optionalInteger(3)
        self.init(
            key: Key(stored: row.bytes(0)), size: row.size(1),
            metadata: row.optionalBytes(2).map { Metadata(stored: $0) },
            expiration: expires.map { Expiration(stored: $0) }, etag: ETag(valueID: row.valueID(4), expires: expires))
    }
}

extension ETag {
    /// Every write gives its value a new id; a change of the expiration alone does not.
    init(valueID: Int, expires: Int64?) {
        self.init(version: valueID, detail: expires)
    }
}
