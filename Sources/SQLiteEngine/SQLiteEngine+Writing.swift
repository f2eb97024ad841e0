import GRDB
import KVFiles
package import KVModel
import SQLiteFile

extension SQLiteEngine {
    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        try await change(namespace, before: interceptor) { [reserve] batch in
            try reserve.requireRoom()
            return try batch.put(entries, when: condition)
        }
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] {
        try await change(namespace, before: interceptor) { batch in try batch.delete(keys) }
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        try await change(namespace, before: interceptor) { batch in try batch.expire(keys, at: expiration) }
    }

    private func change<Outcome: Sendable>(
        _ namespace: NamespaceID, before interceptor: (any ChangeInterceptor)?,
        _ change: @escaping @Sendable (inout BatchWrite) throws -> [Outcome]
    ) async throws -> [Outcome] {
        let now = clock.now
        return try await write { db in
            var batch = try BatchWrite(in: namespace, of: db, now: now, interceptor: interceptor)
            let outcomes = try change(&batch)
            try batch.finish()
            try interceptor?.seal()
            return outcomes
        }
    }
}
