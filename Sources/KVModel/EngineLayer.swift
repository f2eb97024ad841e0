/// An engine around another one, which does everything that the layer does not implement.
///
/// Only reading is passed on by default. A layer has to implement each kind of change.
package protocol EngineLayer: KeyValueEngine {
    var engine: any KeyValueEngine { get set }
}

extension EngineLayer {
    package var traits: EngineTraits { engine.traits }
    package var pace: Pace? { engine.pace }

    package func working(in context: WorkContext) -> any KeyValueEngine {
        var bound = self
        bound.engine = engine.working(in: context)
        return bound
    }

    package func checkWritable(_ namespace: NamespaceID) async throws { try await engine.checkWritable(namespace) }

    package func checkReachable() async throws { try await engine.checkReachable() }
    package func checkWritable() async throws { try await engine.checkWritable() }

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

    package func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        try await engine.existing(among: keys, in: namespace)
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
}
