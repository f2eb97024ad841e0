import KVModel
import TestSupport
import Testing

@Suite("A basic engine while another client deletes a key that a request has looked up")
struct VanishingKeyTests {
    private let engine = VanishingKeyEngine()
    private let interceptor = RecordingInterceptor()

    /// A namespace with one key, which is deleted when it has been looked up.
    private func prepare() async throws -> (namespace: NamespaceID, key: Key) {
        let (namespace, key) = (try await engine.createNamespace(titled: "test").id, try Key("k"))
        _ = try await engine.put([Entry(key: key, value: Array("old".utf8))], in: namespace)
        return (namespace, key)
    }

    @Test("writes it, and shows it to the interceptor as new")
    func writing() async throws {
        let (namespace, key) = try await prepare()
        let entry = Entry(key: key, value: Array("new".utf8))
        let outcomes = try await engine.write([entry], in: namespace, when: .always, interceptor: interceptor)
        #expect(outcomes == [.written(nil)])
        #expect(interceptor.seen == ["k: none → new"])
        #expect(try await engine.read([key], in: namespace, bytes: .max).map { $0?.entry } == [entry])
    }

    @Test("does not write it where it has to exist")
    func replacing() async throws {
        let (namespace, key) = try await prepare()
        let entry = Entry(key: key, value: Array("new".utf8))
        let outcomes = try await engine.write([entry], in: namespace, when: .matches(nil), interceptor: interceptor)
        #expect(outcomes == [.unmet])
        #expect(interceptor.seen.isEmpty)
        #expect(try await engine.read([key], in: namespace, bytes: .max).map { $0?.entry } == [nil])
    }

    @Test("reports it as absent when it is to be deleted, and as unmet when it is to expire")
    func deletingAndExpiring() async throws {
        let (namespace, key) = try await prepare()
        #expect(try await engine.existing(among: [key], in: namespace) == [key])
        #expect(try await engine.delete([key], in: namespace, interceptor: interceptor) == [.absent])
        #expect(try await engine.expire([key], at: nil, in: namespace, interceptor: interceptor) == [.unmet])
        #expect(interceptor.seen.isEmpty)
    }
}

/// The engine in memory, whose keys are deleted right after they were looked up.
private struct VanishingKeyEngine: BasicEngine {
    private let base = MemoryEngine()
    var traits: EngineTraits { base.traits }

    func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        let existing = try await base.existing(among: keys, in: namespace)
        _ = try await base.remove(existing.sorted(), in: namespace)
        return existing
    }

    func allNamespaces() async throws -> [Namespace] { try await base.allNamespaces() }
    func createNamespace(titled title: String) async throws -> Namespace {
        try await base.createNamespace(titled: title)
    }
    func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        try await base.updateNamespace(id, change)
    }
    func deleteNamespace(_ id: NamespaceID) async throws { try await base.deleteNamespace(id) }
    func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        try await base.keys(in: namespace, query)
    }
    func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        try await base.read(keys, in: namespace, bytes: bytes)
    }
    func put(_ entries: [Entry], in namespace: NamespaceID) async throws -> [Key: KVError] {
        try await base.put(entries, in: namespace)
    }
    func remove(_ keys: [Key], in namespace: NamespaceID) async throws -> [Key: KVError] {
        try await base.remove(keys, in: namespace)
    }
}
