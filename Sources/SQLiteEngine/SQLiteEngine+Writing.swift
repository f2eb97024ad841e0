import GRDB
package import KVModel

extension SQLiteEngine {
    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition
    ) async throws -> [WriteOutcome] {
        EngineWork.current?.countRequest()
        let now = now()
        return try await write { db in
            var batch = try BatchWrite(in: namespace, of: db, now: now)
            let outcomes = try batch.put(entries, when: condition)
            try batch.finish()
            return outcomes
        }
    }

    package func delete(_ keys: [Key], in namespace: NamespaceID) async throws -> [DeleteOutcome] {
        EngineWork.current?.countRequest()
        let now = now()
        return try await write { db in
            var batch = try BatchWrite(in: namespace, of: db, now: now)
            let outcomes = try batch.delete(keys)
            try batch.finish()
            return outcomes
        }
    }
}
