import GRDB
import KVFiles
package import KVModel
import SQLiteFile

extension SQLiteEngine {
    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        try await change(namespace, before: witness) { [reserve] batch in
            try reserve.requireRoom()
            return try batch.put(entries, when: condition)
        }
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] {
        try await change(namespace, before: witness) { batch in try batch.delete(keys) }
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        try await change(namespace, before: witness) { batch in try batch.expire(keys, at: expiration) }
    }

    private func change<Outcome: Sendable>(
        _ namespace: NamespaceID, before witness: (any ChangeWitness)?,
        _ change: @escaping @Sendable (inout BatchWrite) throws -> [Outcome]
    ) async throws -> [Outcome] {
        let now = clock.now
        return try await write { db in
            var batch = try BatchWrite(in: namespace, of: db, now: now, witness: witness)
            let outcomes = try change(&batch)
            try batch.finish()
            try witness?.seal()
            return outcomes
        }
    }
}
