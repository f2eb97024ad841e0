import KVModel
import SQLiteEngine
import Synchronization

/// The embedded store in small batches, at which something can be made to happen at any moment of a job: the program dies
/// (all that it had under way is given up), or somebody asks something of the job.
final class UnrulyEngine: KeyValueEngine {
    /// Where in a request it happens.
    enum Moment: CaseIterable, Sendable {
        case before
        /// The journal is sealed, and nothing applied.
        case sealed
        case after
    }

    struct Mischief: Sendable {
        /// Counted in requests from now on.
        var request: Int
        var moment: Moment
        /// Returns whether the program dies.
        var happens: @Sendable () async -> Bool
    }

    let base: SQLiteEngine
    let traits: EngineTraits
    private let plan: Plan
    private let isForJob: Bool

    private final class Plan: Sendable {
        let mischief = Mutex<Mischief?>(nil)
    }

    init(_ base: SQLiteEngine, batch: Int) {
        self.base = base
        var traits = base.traits
        traits.batches.read = batch
        traits.batches.write = batch
        traits.batches.delete = batch
        self.traits = traits
        isForJob = false
        plan = Plan()
    }

    private init(_ other: UnrulyEngine) {
        (base, traits, plan) = (other.base, other.traits, other.plan)
        isForJob = true
    }

    func working(in context: WorkContext) -> any KeyValueEngine {
        context.priority == .jobs ? CountedEngine(UnrulyEngine(self), in: context) : self
    }

    func plan(_ mischief: Mischief?) {
        plan.mischief.withLock { $0 = mischief }
    }

    // MARK: Requests of jobs

    func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        try await perform(nil) { _ in try await base.keys(in: namespace, query) }
    }

    func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        try await perform(nil) { _ in try await base.entries(in: namespace, query, bytes: bytes) }
    }

    func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        try await perform(nil) { _ in try await base.read(keys, in: namespace, bytes: bytes) }
    }

    func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        try await perform(nil) { _ in try await base.existing(among: keys, in: namespace) }
    }

    func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        try await perform(interceptor) {
            try await base.write(entries, in: namespace, when: condition, interceptor: $0)
        }
    }

    func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] {
        try await perform(interceptor) { try await base.delete(keys, in: namespace, interceptor: $0) }
    }

    func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        try await perform(interceptor) { try await base.expire(keys, at: expiration, in: namespace, interceptor: $0) }
    }

    private func perform<Result>(
        _ interceptor: (any ChangeInterceptor)?, _ request: ((any ChangeInterceptor)?) async throws -> Result
    ) async throws -> Result {
        guard isForJob, let mischief = due() else { return try await request(interceptor) }
        switch mischief.moment {
        case .before:
            if await mischief.happens() { throw CancellationError() }
            return try await request(interceptor)
        case .sealed:
            guard let interceptor, await mischief.happens() else { return try await request(interceptor) }
            return try await request(DyingInterceptor(base: interceptor))
        case .after:
            let result = try await request(interceptor)
            if await mischief.happens() { throw CancellationError() }
            return result
        }
    }

    private func due() -> Mischief? {
        plan.mischief.withLock { planned in
            guard planned != nil else { return nil }
            planned?.request -= 1
            guard let mischief = planned, mischief.request < 0 else { return nil }
            planned = nil
            return mischief
        }
    }

    // MARK: The rest

    func checkReachable() async throws { try await base.checkReachable() }

    func namespaces(matching query: String, from cursor: PageCursor?, limit: Int) async throws -> Page<Namespace> {
        try await base.namespaces(matching: query, from: cursor, limit: limit)
    }

    func namespace(_ id: NamespaceID) async throws -> Namespace { try await base.namespace(id) }

    func createNamespace(titled title: String) async throws -> Namespace {
        try await base.createNamespace(titled: title)
    }

    func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        try await base.updateNamespace(id, change)
    }

    func deleteNamespace(_ id: NamespaceID) async throws { try await base.deleteNamespace(id) }

    func folders(in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]) async throws -> FolderPage {
        try await base.folders(in: namespace, query, delimiter: delimiter)
    }

    func count(in namespace: NamespaceID, prefix: [UInt8]) async throws -> Int? {
        try await base.count(in: namespace, prefix: prefix)
    }

    func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream {
        try await base.readValue(of: key, in: namespace)
    }

    func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        try await base.writeValue(body, of: info, in: namespace, when: condition)
    }
}

/// The program dies when everything has been seen and nothing applied.
private struct DyingInterceptor: ChangeInterceptor {
    let base: any ChangeInterceptor

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        try base.mayReplace(old, with: new, of: key)
    }

    func seal() throws {
        try base.seal()
        throw CancellationError()
    }
}
