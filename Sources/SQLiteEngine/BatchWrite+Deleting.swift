import GRDB
import KVModel

extension BatchWrite {
    /// Keys that lie side by side, as those of a listing do, go in one statement, and so do their values: that is 5 times
    /// as fast as one by one.
    mutating func delete(_ keys: [Key]) throws -> [DeleteOutcome] {
        let order = KeyOrder.of(keys, by: \.self)
        guard let first = order.first, let last = order.last else { return [] }
        guard let run = try adjacent(from: keys[first], through: keys[last], atMost: keys.count),
            run.keys.elementsEqual(order.lazy.map { keys[$0] })
        else {
            return try deleteEach(keys, in: order) { batch, key, old in try batch.mayGo(key, old) }
        }
        let held = try heldBack(from: keys[first], through: keys[last])
        guard held.isEmpty else { return try deleteEach(keys, in: order) { _, key, _ in !held.contains(key) } }
        try deleteRange(from: keys[first], through: keys[last])
        countOff(run.values)
        try ValueSequence.drop(run.values, in: db)
        var outcomes = [DeleteOutcome](repeating: .deleted, count: keys.count)
        for (index, old) in zip(order, run.values) where old.isPast(at: now) { outcomes[index] = .absent }
        return outcomes
    }

    private mutating func deleteEach(
        _ keys: [Key], in order: [Int], where mayGo: (BatchWrite, Key, StoredValue) throws -> Bool
    ) throws -> [DeleteOutcome] {
        var outcomes = [DeleteOutcome](repeating: .absent, count: keys.count)
        var dropped: [StoredValue] = []
        for index in order {
            guard let old = try stored(keys[index]) else { continue }
            guard try mayGo(self, keys[index], old) else {
                outcomes[index] = .unmet
                continue
            }
            try remove(keys[index])
            dropped.append(old)
            if !old.isPast(at: now) { outcomes[index] = .deleted }
        }
        countOff(dropped)
        try ValueSequence.drop(dropped, in: db)
        return outcomes
    }

    private func mayGo(_ key: Key, _ old: StoredValue) throws -> Bool {
        guard let interceptor, !old.isPast(at: now) else { return true }
        return try interceptor.mayReplace(try whole(old, of: key), with: nil, of: key)
    }

    /// All entries between two keys, these included; nil when there are more than `limit`.
    private func adjacent(
        from first: Key, through last: Key, atMost limit: Int
    ) throws -> (keys: [Key], values: [StoredValue])? {
        let rows = try db.statement(
            """
            SELECT value_id, size, expires, key FROM entry WHERE namespace = ?1 AND key >= ?2 AND key <= ?3
            ORDER BY key LIMIT ?4
            """)
        defer { rows.reset() }
        rows.bind(namespace.number, at: 1)
        rows.bind(first.bytes, at: 2)
        rows.bind(last.bytes, at: 3)
        rows.bind(limit + 1, at: 4)
        var keys: [Key] = []
        var values: [StoredValue] = []
        while try rows.step() {
            guard keys.count < limit else { return nil }
            keys.append(Key(stored: rows.bytes(3)))
            values.append(StoredValue(row: rows))
        }
        return (keys, values)
    }

    private func deleteRange(from first: Key, through last: Key) throws {
        let delete = try db.statement("DELETE FROM entry WHERE namespace = ?1 AND key >= ?2 AND key <= ?3")
        delete.bind(namespace.number, at: 1)
        delete.bind(first.bytes, at: 2)
        delete.bind(last.bytes, at: 3)
        try delete.run()
    }
}
