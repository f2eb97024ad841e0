/// A store that is not to be changed from here: reading goes through, writing is refused.
package struct ProtectedEngine: KeyValueEngine {
    private let engine: any KeyValueEngine
    private let refusal: KVError

    package init(_ engine: any KeyValueEngine, storeNamed name: String) {
        self.engine = engine
        refusal = KVError(
            .storeProtected,
            "The store \"\(name)\" is protected: its configuration says \"protected\": true, so nothing in it can be changed."
        )
    }

    package var traits: EngineTraits { engine.traits }
    package var pace: Pace? { engine.pace }

    package func checkReachable() async throws { try await engine.checkReachable() }

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

    package func createNamespace(titled title: String) async throws -> Namespace { throw refusal }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        throw refusal
    }

    package func deleteNamespace(_ id: NamespaceID) async throws { throw refusal }

    // MARK: Reading

    package func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        try await engine.keys(in: namespace, query)
    }

    package func folders(
        in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]
    ) async throws -> FolderPage {
        try await engine.folders(in: namespace, query, delimiter: delimiter)
    }

    package func count(in namespace: NamespaceID, prefix: [UInt8]) async throws -> Int? {
        try await engine.count(in: namespace, prefix: prefix)
    }

    package func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        try await engine.entries(in: namespace, query, bytes: bytes)
    }

    package func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        try await engine.read(keys, in: namespace, bytes: bytes)
    }

    package func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream {
        try await engine.readValue(of: key, in: namespace)
    }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] { throw refusal }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] { throw refusal }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] { throw refusal }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome { throw refusal }
}
