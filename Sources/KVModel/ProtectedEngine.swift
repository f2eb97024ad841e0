/// A store that is not to be changed from here: reading goes through, writing is refused.
package struct ProtectedEngine: EngineLayer {
    package var engine: any KeyValueEngine
    private let refusal: KVError

    package init(_ engine: any KeyValueEngine, storeNamed name: String) {
        self.engine = engine
        refusal = KVError(
            .storeProtected,
            "The store \"\(name)\" is protected by \"protected\": true in its configuration, so nothing in it can be changed."
        )
    }

    // MARK: Namespaces

    package func namespaces(
        matching query: String, from cursor: PageCursor?, limit: Int
    ) async throws -> Page<Namespace> {
        var page = try await engine.namespaces(matching: query, from: cursor, limit: limit)
        for index in page.items.indices { page.items[index].isProtected = true }
        return page
    }

    package func namespace(_ id: NamespaceID) async throws -> Namespace {
        var namespace = try await engine.namespace(id)
        namespace.isProtected = true
        return namespace
    }

    package func checkWritable(_ namespace: NamespaceID) async throws { throw refusal }

    package func createNamespace(titled title: String) async throws -> Namespace { throw refusal }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        throw refusal
    }

    package func deleteNamespace(_ id: NamespaceID) async throws { throw refusal }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] { throw refusal }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] { throw refusal }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] { throw refusal }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome { throw refusal }
}
