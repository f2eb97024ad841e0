package import KVModel

extension SQLiteEngine {
    package func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        let range = try KeyRange(query)
        let now = clock.now
        return try await readers.lengthy { connection in
            try connection.snapshot {
                let number = try connection.number(of: namespace)
                return try connection.entries(in: number, range, limit: query.limit, bytes: bytes, now: now)
            }
        }
    }

    package func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        let now = clock.now
        if keys.count == 1 {
            let found = try readers.brief { try $0.entry(keys[0], in: namespace, now: now) }
            guard let found else { return [nil] }
            if found.pieces <= 1 { return [VersionedEntry(entry: found.entry, etag: found.etag)] }
        }
        return try await readers.lengthy { try $0.read(keys, in: namespace, bytes: bytes, now: now) }
    }

    package func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        let now = clock.now
        return try await readers.lengthy { connection in
            try connection.snapshot {
                let number = try connection.number(of: namespace)
                return try Set(keys.filter { try connection.exists($0, in: number, now: now) })
            }
        }
    }

    package func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream {
        let now = clock.now
        let streamed = Schema.streamedBytes
        return try readers.brief { connection in
            guard var found = try connection.entry(key, in: namespace, now: now, withValueUpTo: streamed) else {
                throw KVError.noKey(key)
            }
            guard found.size > streamed else {
                return ValueStream(info: found.info, first: found.entry.value, rest: nil)
            }
            let parts = ValueParts(of: found)
            if let part = parts.next() { found.entry.value = try connection.bytes(of: part) }
            let other = readers.nextConnection()
            let rest = AsyncThrowingStream { [readers] in
                try parts.next().map { part in try readers.brief(on: other) { try $0.bytes(of: part) } }
            }
            return ValueStream(info: found.info, first: found.entry.value, rest: rest)
        }
    }
}

/// What a point read finds: of a large value its first piece.
struct StoredEntry {
    var entry: Entry
    var size: Int
    var valueID: Int

    var pieces: Int { Schema.pieces(of: size) }
    var etag: ETag { ETag(valueID: valueID, expires: entry.expiration?.seconds) }

    var info: KeyInfo {
        KeyInfo(key: entry.key, size: size, metadata: entry.metadata, expiration: entry.expiration, etag: etag)
    }

    /// A row of key, size, metadata, expires, value_id and bytes.
    fileprivate init(row: Statement) {
        entry = Entry(
            key: Key(stored: row.bytes(0)), value: row.bytes(5),
            metadata: row.optionalBytes(2).map { Metadata(stored: $0) },
            expiration: row.optionalInteger(3).map { Expiration(stored: $0) })
        size = row.size(1)
        valueID = row.valueID(4)
    }
}

extension ReadConnection {
    /// Throws `namespace_not_found`, which it looks into only when the entry is not there.
    ///
    /// - Parameter limit: A value of more bytes is left out, and empty.
    func entry(
        _ key: Key, in namespace: NamespaceID, now: Timestamp, withValueUpTo limit: Int = .max
    ) throws -> StoredEntry? {
        let statement = try statement(
            """
            SELECT key, size, metadata, expires, value_id, CASE WHEN size <= ?4 THEN bytes END FROM namespace
            JOIN entry ON entry.namespace = number LEFT JOIN value ON value.id = value_id
            WHERE namespace.id = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)
            """)
        defer { statement.reset() }
        statement.bind(text: namespace.text, at: 1)
        statement.bind(key.bytes, at: 2)
        statement.bind(now.seconds, at: 3)
        statement.bind(limit, at: 4)
        if try statement.step() { return StoredEntry(row: statement) }
        _ = try number(of: namespace)
        return nil
    }

    func entry(_ key: Key, in number: Int, now: Timestamp) throws -> StoredEntry? {
        let statement = try statement(
            """
            SELECT key, size, metadata, expires, value_id, bytes FROM entry LEFT JOIN value ON value.id = value_id
            WHERE namespace = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)
            """)
        defer { statement.reset() }
        statement.bind(number, at: 1)
        statement.bind(key.bytes, at: 2)
        statement.bind(now.seconds, at: 3)
        return try statement.step() ? StoredEntry(row: statement) : nil
    }

    /// Reads no value.
    fileprivate func exists(_ key: Key, in number: Int, now: Timestamp) throws -> Bool {
        let statement = try statement(
            "SELECT 1 FROM entry WHERE namespace = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)")
        defer { statement.reset() }
        statement.bind(number, at: 1)
        statement.bind(key.bytes, at: 2)
        statement.bind(now.seconds, at: 3)
        return try statement.step()
    }

    /// Throws `value_changed` when the value has been replaced since its id was read.
    func piece(_ id: Int) throws -> [UInt8] {
        let statement = try statement("SELECT bytes FROM value WHERE id = ?1")
        defer { statement.reset() }
        statement.bind(id, at: 1)
        guard try statement.step() else {
            throw KVError(.valueChanged, "The value was replaced while it was read; read it again.")
        }
        return statement.bytes(0)
    }

    func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int, now: Timestamp) throws -> [VersionedEntry?] {
        try snapshot {
            let number = try number(of: namespace)
            var found: [VersionedEntry?] = []
            found.reserveCapacity(keys.count)
            var total = 0
            for key in keys {
                guard let stored = try entry(key, in: number, now: now) else {
                    found.append(nil)
                    continue
                }
                if total > 0, total + stored.size > bytes { break }
                total += stored.size
                found.append(VersionedEntry(entry: try whole(stored), etag: stored.etag))
            }
            return found
        }
    }

    func entries(in number: Int, _ range: KeyRange, limit: Int, bytes: Int, now: Timestamp) throws -> Page<Entry> {
        let statement = try statement(
            """
            SELECT key, size, metadata, expires, value_id, bytes FROM entry LEFT JOIN value ON value.id = value_id
            WHERE namespace = ?1 AND key >= ?2 AND key < ?3 AND (expires IS NULL OR expires > ?4) ORDER BY key
            """)
        defer { statement.reset() }
        statement.bind(number, at: 1)
        statement.bind(range.lower, at: 2)
        statement.bind(range.upper, at: 3)
        statement.bind(now.seconds, at: 4)
        var found: [Entry] = []
        found.reserveCapacity(min(limit, 10_000))
        var total = 0
        while try statement.step() {
            let size = statement.size(1)
            if found.count == limit || (total > 0 && total + size > bytes) {
                return Page(items: found, cursor: found.last.map { KeyRange.encode(KeyRange.after($0.key.bytes)) })
            }
            total += size
            found.append(try whole(StoredEntry(row: statement)))
        }
        return Page(items: found, cursor: nil)
    }

    private func whole(_ stored: StoredEntry) throws -> Entry {
        guard stored.pieces > 1 else { return stored.entry }
        var entry = stored.entry
        entry.value.reserveCapacity(stored.size)
        for id in stored.valueID + 1..<stored.valueID + stored.pieces { entry.value += try piece(id) }
        return entry
    }
}
