import GRDB
import KVModel

/// Changes to one namespace within one transaction; it keeps the namespace's counts and the ids of values.
struct BatchWrite {
    let db: Database
    let namespace: OpenNamespace
    let now: Timestamp
    let interceptor: (any ChangeInterceptor)?
    private let statements: BatchStatements
    private var nextValueID: Int
    private var addedKeys = 0
    private var addedBytes = 0
    private var hasChanged = false

    init(in id: NamespaceID, of db: Database, now: Timestamp, interceptor: (any ChangeInterceptor)? = nil) throws {
        self.db = db
        self.interceptor = interceptor
        namespace = try OpenNamespace(id, in: db)
        try namespace.requireWritable()
        self.now = now
        statements = try BatchStatements(db)
        nextValueID = try ValueSequence.next(in: db)
    }

    /// In the order of keys, in which SQLite inserts 5 to 10 times as fast; equal keys in the order given, so that the last
    /// one stands.
    mutating func put(_ entries: [Entry], when condition: WriteCondition) throws -> [WriteOutcome] {
        let insertValue = statements.insertValue
        var outcomes = [WriteOutcome](repeating: .unmet, count: entries.count)
        for index in KeyOrder.of(entries, by: \.key) {
            let entry = entries[index]
            guard entry.value.count <= Entry.maximumValueBytes else {
                outcomes[index] = .failed(.tooLarge(entry.value.count))
                continue
            }
            let info = KeyInfo(
                key: entry.key, size: entry.value.count, metadata: entry.metadata, expiration: entry.expiration)
            outcomes[index] = try put(info, shownAs: entry, when: condition) { id in
                try ValueSequence.insert(entry.value, id: id, by: insertValue)
            }
        }
        return outcomes
    }

    /// Puts one entry whose value `store` brings under the given id, or has brought under `id` before.
    ///
    /// - Parameter entry: The same as the interceptor is to see it.
    mutating func put(
        _ info: KeyInfo, shownAs entry: Entry? = nil, id stagedID: Int? = nil, when condition: WriteCondition,
        store: (Int) throws -> Void
    ) throws -> WriteOutcome {
        let size = info.size ?? 0
        let id = stagedID ?? nextValueID
        if condition == .always || condition == .absent, try insert(info, size: size, id: id) {
            guard try interceptor?.mayReplace(nil, with: entry, of: info.key) ?? true else {
                try remove(info.key)
                return .unmet
            }
            try place(id, stagedID: stagedID, size: size, store)
            addedKeys += 1
            addedBytes += size
            return .created(ETag(valueID: id, expires: info.expiration?.seconds))
        }
        let old = try stored(info.key)
        let isThere = old.map { !$0.isPast(at: now) } ?? false
        switch condition {
        case .always: break
        case .absent: if isThere { return .unmet }
        case .matches(let etag):
            guard let old, isThere, etag == nil || old.etag == etag else { return .unmet }
        }
        guard let old else { return .unmet }
        if let interceptor {
            let before = isThere ? try whole(old, of: info.key) : nil
            guard try interceptor.mayReplace(before, with: entry, of: info.key) else { return .unmet }
        }
        try ValueSequence.drop([old], in: db)
        bind(info, size: size, id: id, to: statements.updateEntry)
        try statements.updateEntry.run()
        try place(id, stagedID: stagedID, size: size, store)
        addedBytes += size - old.size
        let etag = ETag(valueID: id, expires: info.expiration?.seconds)
        return isThere ? .replaced(etag) : .created(etag)
    }

    private mutating func place(_ id: Int, stagedID: Int?, size: Int, _ store: (Int) throws -> Void) throws {
        hasChanged = true
        if stagedID == nil { nextValueID += max(1, Schema.pieces(of: size)) }
        try store(id)
    }

    /// Whether the key was new; if it was not, nothing is changed.
    private func insert(_ info: KeyInfo, size: Int, id: Int) throws -> Bool {
        bind(info, size: size, id: id, to: statements.insertEntry)
        try statements.insertEntry.run()
        return db.changesCount == 1
    }

    private func bind(_ info: KeyInfo, size: Int, id: Int, to statement: Statement) {
        statement.bind(namespace.number, at: 1)
        statement.bind(info.key.bytes, at: 2)
        statement.bind(id, at: 3)
        statement.bind(size, at: 4)
        statement.bind(info.metadata?.json, at: 5)
        statement.bind(info.expiration?.seconds, at: 6)
    }

    func remove(_ key: Key) throws {
        let remove = try db.statement("DELETE FROM entry WHERE namespace = ?1 AND key = ?2")
        remove.bind(namespace.number, at: 1)
        remove.bind(key.bytes, at: 2)
        try remove.run()
    }

    func stored(_ key: Key) throws -> StoredValue? {
        let statement = statements.storedValue
        defer { statement.reset() }
        statement.bind(namespace.number, at: 1)
        statement.bind(key.bytes, at: 2)
        return try statement.step() ? StoredValue(row: statement) : nil
    }

    /// Notes a change that leaves the counts as they are.
    mutating func changed() {
        hasChanged = true
    }

    /// Counts entries off whose rows are gone.
    mutating func countOff(_ values: [StoredValue]) {
        hasChanged = hasChanged || !values.isEmpty
        addedKeys -= values.count
        addedBytes -= values.reduce(0) { $0 + $1.size }
    }

    /// Writes the namespace's counts and the sequence; call it once, last.
    func finish() throws {
        guard hasChanged else { return }
        let counts = try db.statement(
            """
            UPDATE namespace SET key_count = key_count + ?2, value_bytes = value_bytes + ?3, changed_at = ?4
            WHERE number = ?1
            """)
        counts.bind(namespace.number, at: 1)
        counts.bind(addedKeys, at: 2)
        counts.bind(addedBytes, at: 3)
        counts.bind(now.milliseconds, at: 4)
        try counts.run()
        try ValueSequence.set(nextValueID, in: db)
    }
}
