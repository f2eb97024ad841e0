/// An engine that works for a job, each call for keys or entries being one request.
package struct CountedEngine: EngineLayer {
    package var engine: any KeyValueEngine
    private let context: WorkContext

    package init(_ engine: any KeyValueEngine, in context: WorkContext) {
        self.engine = engine
        self.context = context
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

    package func deleteNamespace(_ id: NamespaceID) async throws { try await engine.deleteNamespace(id) }

    // MARK: Reading

    package func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        context.countRequest()
        return try await engine.keys(in: namespace, query)
    }

    package func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        context.countRequest()
        return try await engine.existing(among: keys, in: namespace)
    }

    package func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        context.countRequest()
        return try await engine.entries(in: namespace, query, bytes: bytes)
    }

    package func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        context.countRequest()
        return try await engine.read(keys, in: namespace, bytes: bytes)
    }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        context.countRequest()
        return try await engine.write(entries, in: namespace, when: condition, interceptor: interceptor)
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] {
        context.countRequest()
        return try await engine.delete(keys, in: namespace, interceptor: interceptor)
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        context.countRequest()
        return try await engine.expire(keys, at: expiration, in: namespace, interceptor: interceptor)
    }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        try await engine.writeValue(body, of: info, in: namespace, when: condition)
    }
}
