/// The contract of every engine, in batches: one key is a batch of one.
///
/// **Before.** Keys, metadata and expirations have been parsed by their types, and so are within the limits that all
/// engines share. An engine with tighter ones, or without metadata or expirations, fails the single entry.
/// **After.** A write or delete that has returned is durable, and every later read through this engine sees it. An entry
/// whose expiration has passed is never returned or listed; a namespace's `keyCount` and `valueBytes` may include it for
/// the seconds until it is cleared away.
/// **Concurrency.** All methods may be called at the same time from any thread. A listing during changes returns each key that
/// stayed once, in byte order; keys that were added or removed meanwhile may or may not be in it.
/// **Errors.** A batch throws when it could not be tried at all (no such namespace, protected, disk full, unreachable);
/// nothing of it is applied then. Failures of individual keys are reported in that key's result.
///
/// What an engine does beyond this, its `capabilities` declare. `BasicEngine` builds most of it on a small core.
package protocol KeyValueEngine: Sendable {
    var traits: EngineTraits { get }

    /// Returns the same engine, working in a context. Costs next to nothing; bind once, not for each call.
    func working(in context: WorkContext) -> any KeyValueEngine
    /// Throws the reason why the engine cannot answer.
    func checkReachable() async throws
    /// Throws the reason why entries cannot be written, where that can be found out without cost.
    func checkWritable() async throws
    /// The state of its quota; nil where requests cost none.
    var pace: Pace? { get }

    // MARK: Namespaces

    /// Those whose title or id contains `query` (ASCII letters match in either case), by title.
    func namespaces(matching query: String, from cursor: PageCursor?, limit: Int) async throws -> Page<Namespace>
    /// Throws `namespace_not_found`, like everything below.
    func namespace(_ id: NamespaceID) async throws -> Namespace
    /// Throws `namespace_exists` if the title is taken.
    func createNamespace(titled title: String) async throws -> Namespace
    /// Throws `namespace_not_found`, `namespace_protected` or `store_protected` where a write would, and where looking
    /// costs no quota: for callers that are about to receive much. The write itself checks again.
    func checkWritable(_ namespace: NamespaceID) async throws
    func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace
    /// The namespace is gone when this returns; its entries may be cleared away later.
    func deleteNamespace(_ id: NamespaceID) async throws

    // MARK: Keys

    func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo>
    /// One level of the tree under the query's prefix. `delimiter` is not empty.
    func folders(in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]) async throws -> FolderPage
    /// The number of keys that begin with the prefix; nil without the capability `cheapCount`.
    func count(in namespace: NamespaceID, prefix: [UInt8]) async throws -> Int?

    /// Returns those of the keys that exist. No value is returned, and only engines that cannot avoid it read values.
    func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key>

    // MARK: Entries

    /// Whole entries from a listing: at most `query.limit`, and no more bytes of values than `bytes` unless the first alone has more.
    func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry>
    /// Answers for a leading part of `keys`, at least one: as many as fit in `bytes` of values. Nil: no such key.
    func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?]
    /// One result for each entry, in order. Of entries with the same key the last one stands.
    ///
    /// An interceptor, here and below, is shown every key that is there or is to be there and would be changed, and has sealed
    /// before any change stands. An engine that has transactions shows it what the change itself meets.
    func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome]
    /// One result for each key, in order. A key that does not exist is `absent`, where the engine can tell; without transactions
    /// and an interceptor it may be `deleted`.
    func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome]
    /// Has entries expire at a time, or never; values and metadata stay. One result for each key, in order: `replaced`
    /// or `written`, and `unmet` where there is no such key.
    func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome]

    // MARK: One large value

    /// Throws `key_not_found`. The stream is pulled: it reads as fast as it is read. It throws `value_changed` if the entry is replaced meanwhile.
    func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream
    /// Stores the value once the stream has ended; if it throws, or has more than 25 MiB, nothing is changed.
    func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome
}

extension KeyValueEngine {
    package var pace: Pace? { nil }

    /// For engines to which it is the same who asks: each call of a job counts as one request.
    package func working(in context: WorkContext) -> any KeyValueEngine {
        context.priority == .jobs ? CountedEngine(self, in: context) : self
    }

    package func checkWritable(_ namespace: NamespaceID) async throws {
        guard !traits.capabilities.contains(.costsQuota) else { return }
        let found = try await self.namespace(namespace)
        if found.isProtected { throw KVError.protected(found.title) }
    }

    package func checkWritable() async throws {}

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition
    ) async throws -> [WriteOutcome] {
        try await write(entries, in: namespace, when: condition, interceptor: nil)
    }

    package func delete(_ keys: [Key], in namespace: NamespaceID) async throws -> [DeleteOutcome] {
        try await delete(keys, in: namespace, interceptor: nil)
    }
}

/// What must hold of a key for it to be written.
package enum WriteCondition: Hashable, Sendable {
    case always
    /// There is no such key.
    case absent
    /// There is such a key (nil: in whatever state), in this state.
    case matches(ETag?)
}

package enum WriteOutcome: Hashable, Sendable {
    case created(ETag?)
    case replaced(ETag?)
    /// Written; whether the key was there before, the engine cannot tell.
    case written(ETag?)
    /// The condition did not hold, or the interceptor held it back; nothing was changed.
    case unmet
    indirect case failed(KVError)

    package var isWritten: Bool {
        switch self {
        case .created, .replaced, .written: true
        case .unmet, .failed: false
        }
    }
}

package enum DeleteOutcome: Hashable, Sendable {
    case deleted
    /// There was no such key, where the engine can tell.
    case absent
    /// The interceptor held it back.
    case unmet
    indirect case failed(KVError)
}

/// A value in pieces, with what is known of its entry.
package struct ValueStream: Sendable {
    package var info: KeyInfo
    package var first: [UInt8]
    /// The other pieces, each read when it is asked for; nil when the first is all.
    package var rest: AsyncThrowingStream<[UInt8], any Error>?

    package init(info: KeyInfo, first: [UInt8], rest: AsyncThrowingStream<[UInt8], any Error>?) {
        self.info = info
        self.first = first
        self.rest = rest
    }
}
