package import KVLedger
package import KVModel
import Synchronization

/// Lets the annotation of a key vanish with it: when it is deleted, when its namespace is, and when a new key takes its name, so
/// that one that has expired leaves nothing to it.
///
/// What other programs delete in a store that is reached over a network is not seen here; where such an engine cannot tell
/// a new key from a replaced one, the annotation stays.
package struct AnnotatedEngine: EngineLayer {
    package var engine: any KeyValueEngine
    private let store: String
    private let annotations: any AnnotationStore

    package init(_ engine: any KeyValueEngine, storeNamed store: String, annotations: any AnnotationStore) {
        self.engine = engine
        self.store = store
        self.annotations = annotations
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
        try await annotations.dropAnnotations(in: id, of: store)
    }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        guard try await annotations.hasAnnotations(in: namespace, of: store) else {
            return try await engine.write(entries, in: namespace, when: condition, interceptor: interceptor)
        }
        let newKeys = interceptor.map { NewKeysInterceptor($0) }
        let outcomes = try await engine.write(entries, in: namespace, when: condition, interceptor: newKeys)
        let made = zip(entries, outcomes).filter { entry, outcome in
            outcome.isCreation || outcome.isWritten && newKeys?.contains(entry.key) == true
        }
        try await annotations.removeAnnotations(of: made.map { $0.0.key }, in: namespace, of: store)
        return outcomes
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] {
        let outcomes = try await engine.delete(keys, in: namespace, interceptor: interceptor)
        if try await annotations.hasAnnotations(in: namespace, of: store) {
            let gone = zip(keys, outcomes).filter { $1 == .deleted || $1 == .absent }.map { $0.0 }
            try await annotations.removeAnnotations(of: gone, in: namespace, of: store)
        }
        return outcomes
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        try await engine.expire(keys, at: expiration, in: namespace, interceptor: interceptor)
    }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let outcome = try await engine.writeValue(body, of: info, in: namespace, when: condition)
        if outcome.isCreation { try await annotations.removeAnnotations(of: [info.key], in: namespace, of: store) }
        return outcome
    }
}

/// Sees besides which keys there were not: some engines cannot tell when they are asked to write.
private final class NewKeysInterceptor: ChangeInterceptor {
    private let base: any ChangeInterceptor
    private let keys = Mutex<Set<Key>>([])

    init(_ base: any ChangeInterceptor) {
        self.base = base
    }

    func contains(_ key: Key) -> Bool { keys.withLock { $0.contains(key) } }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        guard try base.mayReplace(old, with: new, of: key) else { return false }
        if old == nil { keys.withLock { _ = $0.insert(key) } }
        return true
    }

    func seal() throws { try base.seal() }
}

extension WriteOutcome {
    fileprivate var isCreation: Bool {
        if case .created = self { true } else { false }
    }
}
