import KVLedger
package import KVModel

/// The batches of one request, in one namespace. Use it only within the function that gets it.
package struct BulkChanges: Sendable {
    let workspace: Workspace
    let location: NamespaceLocation
    let engine: any KeyValueEngine
    let changes: ChangeList

    package func write(_ entries: [Entry]) async throws -> [WriteOutcome] {
        let outcomes = try await workspace.annotated(engine, of: location)
            .write(entries, in: location.id, when: .always)
        let written = zip(entries, outcomes).filter { $1.isWritten }.map(\.0.key)
        await workspace.add(.entryWritten, of: written, in: location, engine, to: changes)
        return outcomes
    }

    package func delete(_ keys: [Key]) async throws -> [DeleteOutcome] {
        let outcomes = try await workspace.annotated(engine, of: location).delete(keys, in: location.id)
        let deleted = zip(keys, outcomes).filter { $1 == .deleted }.map(\.0)
        await workspace.add(.entryDeleted, of: deleted, in: location, engine, to: changes)
        return outcomes
    }
}
