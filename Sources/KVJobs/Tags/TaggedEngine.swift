package import KVModel

/// Lets the tags of a key vanish with it: when it is deleted, when its namespace is, and when a new key takes its name, so
/// that one that has expired leaves nothing to it.
///
/// What other programs delete in a store that is reached over a network is not seen here; where such an engine cannot tell
/// a new key from a replaced one, the tags stay.
package struct TaggedEngine: EngineLayer {
    package let engine: any KeyValueEngine
    private let store: String
    private let tags: TagBook

    package init(_ engine: any KeyValueEngine, storeNamed store: String, tags: TagBook) {
        self.engine = engine
        self.store = store
        self.tags = tags
    }

    // MARK: Namespaces

    package func namespaces(
        matching query: String, from cursor: PageCursor?, limit: Int
    ) async throws -> Page<Namespace> {
        try await engine.namespaces(matching: query, from: cursor, limit: limit)
    }

    package func namespace(_ id: NamespaceID) async throws -> Namespace { try await engine.namespace(id) }

    package func createNamespace(titled title: String) async throws -> Namespace {
        try await engine.createNamespace(titled: title)
    }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        try await engine.updateNamespace(id, change)
    }

    package func deleteNamespace(_ id: NamespaceID) async throws {
        try await engine.deleteNamespace(id)
        try await tags.forget(id, of: store)
    }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        let outcomes = try await engine.write(entries, in: namespace, when: condition, witness: witness)
        if tags.hasAny(in: namespace, of: store) {
            let made = zip(entries, outcomes).filter { $1.isCreation }.map { $0.0.key }
            try await tags.forget(made, in: namespace, of: store)
        }
        return outcomes
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] {
        let outcomes = try await engine.delete(keys, in: namespace, witness: witness)
        if tags.hasAny(in: namespace, of: store) {
            let gone = zip(keys, outcomes).filter { $1 == .deleted || $1 == .absent }.map { $0.0 }
            try await tags.forget(gone, in: namespace, of: store)
        }
        return outcomes
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        try await engine.expire(keys, at: expiration, in: namespace, witness: witness)
    }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let outcome = try await engine.writeValue(body, of: info, in: namespace, when: condition)
        if outcome.isCreation { try await tags.forget([info.key], in: namespace, of: store) }
        return outcome
    }
}

extension WriteOutcome {
    fileprivate var isCreation: Bool {
        if case .created = self { true } else { false }
    }
}
