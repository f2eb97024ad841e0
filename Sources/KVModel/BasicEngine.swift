/// An engine without transactions, of which only the core is written: listing, reading, putting and removing. The rest of
/// `KeyValueEngine` is built on that, and each part can be replaced where the engine has a better way.
///
/// **Conditions** are checked just before the write. Two callers that write at the same time may both succeed.
/// **Interceptors** see what was read just before the change.
/// **Metadata and expirations** are refused for each entry, with `not_supported`, unless the capabilities have them.
package protocol BasicEngine: KeyValueEngine {
    /// The context that the engine works in.
    var context: WorkContext { get }
    /// All namespaces, in any order.
    func allNamespaces() async throws -> [Namespace]
    /// Stores entries of different keys, which replace what the keys held. Returns the errors of those that failed; throws
    /// only where nothing was stored.
    func put(_ entries: [Entry], in namespace: NamespaceID) async throws -> [Key: KVError]
    /// Removes keys, each named once; one that does not exist counts as removed. Returns and throws as `put` does.
    func remove(_ keys: [Key], in namespace: NamespaceID) async throws -> [Key: KVError]

    /// Returns why the engine cannot store an entry; nil where it can.
    func refusal(of entry: Entry) -> KVError?
    /// The mark that an entry has once it is written; nil where the engine has none.
    func etag(of entry: Entry) -> ETag?
}

extension BasicEngine {
    package var context: WorkContext { .users }

    package func checkReachable() async throws { _ = try await allNamespaces() }

    package func refusal(of entry: Entry) -> KVError? { unsupported(entry) }

    /// Returns the refusal of an entry that is too large, or has what the capabilities do not have.
    package func unsupported(_ entry: Entry) -> KVError? {
        let (capabilities, limits) = (traits.capabilities, traits.limits)
        if entry.value.count > limits.valueBytes { return .tooLarge(entry.value.count) }
        if entry.expiration != nil, !capabilities.contains(.ttl) {
            return KVError(
                .notSupported, "Entries of this store cannot expire. Write the entry without an expiration.")
        }
        guard let metadata = entry.metadata else { return nil }
        guard capabilities.contains(.metadata) else {
            return KVError(.notSupported, "Entries of this store have no metadata. Write the entry without metadata.")
        }
        guard metadata.json.count > limits.metadataBytes else { return nil }
        return KVError(
            .metadataTooLarge,
            "Metadata has at most \(limits.metadataBytes) bytes of JSON; this has \(metadata.json.count).")
    }

    package func etag(of entry: Entry) -> ETag? { nil }

    // MARK: Namespaces

    package func namespaces(
        matching query: String, from cursor: PageCursor?, limit: Int
    ) async throws -> Page<Namespace> {
        let after = try cursor?.bytes(mark: Self.namespaceMark) ?? []
        let wanted = query.asciiLowercased
        let found = try await allNamespaces()
            .filter {
                wanted.isEmpty || $0.title.asciiLowercased.contains(wanted) || $0.id.text.contains(wanted)
            }
            .filter { after.precedesBytewise(Array($0.title.utf8)) }
            .sorted { Array($0.title.utf8).precedesBytewise(Array($1.title.utf8)) }
        let items = Array(found.prefix(limit))
        let last = found.count > limit ? items.last : nil
        return Page(
            items: items, cursor: last.map { PageCursor(Array($0.title.utf8), mark: Self.namespaceMark) })
    }

    private static var namespaceMark: StaticString { "cn" }

    package func namespace(_ id: NamespaceID) async throws -> Namespace {
        guard let found = try await allNamespaces().first(where: { $0.id == id }) else { throw KVError.noNamespace(id) }
        return found
    }

    // MARK: Keys

    package func count(in namespace: NamespaceID, prefix: [UInt8]) async throws -> Int? { nil }

    /// Reads the entries.
    package func existing(among keys: [Key], in namespace: NamespaceID) async throws -> Set<Key> {
        var existing: Set<Key> = []
        var rest = keys[...]
        while !rest.isEmpty {
            let found = try await read(Array(rest), in: namespace, bytes: traits.batches.bytes)
            for case let entry? in found { existing.insert(entry.entry.key) }
            rest = rest.dropFirst(found.count)
        }
        return existing
    }

    /// Lists the keys within the folders too: at most `keysPerFolderPage` for one page, which may then have less than the limit.
    package func folders(
        in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]
    ) async throws -> FolderPage {
        var position = try ListingPosition(query.cursor)
        var level = FolderLevel(prefix: query.prefix, delimiter: delimiter, limit: query.limit, taken: position.taken)
        var seen = 0
        repeat {
            let pageQuery = KeyQuery(prefix: query.prefix, cursor: position.page, limit: traits.batches.read)
            let page = try await keys(in: namespace, pageQuery)
            for info in page.items where !level.take(info) {
                position.taken = level.taken
                return FolderPage(keys: level.keys, folders: level.folders, cursor: position.cursor)
            }
            guard let next = page.cursor else { return FolderPage(keys: level.keys, folders: level.folders) }
            position = ListingPosition(page: next, taken: level.taken)
            seen += page.items.count
        } while seen < Self.keysPerFolderPage
        return FolderPage(keys: level.keys, folders: level.folders, cursor: position.cursor)
    }

    private static var keysPerFolderPage: Int { 20_000 }

    // MARK: Entries

    package func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        var position = try ListingPosition(query.cursor)
        var entries: [Entry] = []
        var bytesLeft = bytes
        let page = try await keys(
            in: namespace, KeyQuery(prefix: query.prefix, cursor: position.page, limit: query.limit))
        var rest = page.items.drop { !position.taken.precedesBytewise($0.key.bytes) }
        while !rest.isEmpty {
            let found = try await read(rest.map(\.key), in: namespace, bytes: max(1, bytesLeft))
            for (info, found) in zip(rest, found) {
                if let entry = found?.entry {
                    guard entries.isEmpty || entry.value.count <= bytesLeft else {
                        return Page(items: entries, cursor: position.cursor)
                    }
                    entries.append(entry)
                    bytesLeft -= entry.value.count
                }
                position.taken = info.key.bytes
            }
            rest = rest.dropFirst(found.count)
        }
        return Page(items: entries, cursor: page.cursor.map { ListingPosition(page: $0, taken: []).cursor })
    }

    package func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream {
        guard let found = try await read([key], in: namespace, bytes: .max)[0] else { throw KVError.noKey(key) }
        let entry = found.entry
        let info = KeyInfo(
            key: key, size: entry.value.count, metadata: entry.metadata, expiration: entry.expiration, etag: found.etag)
        return ValueStream(info: info, first: entry.value, rest: nil)
    }

    /// The value is held in memory before it is written.
    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        var value: [UInt8] = []
        for try await bytes in body {
            value += bytes
            guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge() }
        }
        let entry = Entry(key: info.key, value: value, metadata: info.metadata, expiration: info.expiration)
        return try await write([entry], in: namespace, when: condition)[0]
    }
}

/// A position within a page of keys.
private struct ListingPosition {
    private static var mark: StaticString { "kp" }
    /// Occurs nowhere in UTF-8, and so not in the cursor of a page of keys.
    private static let separator: UInt8 = 0xFF

    /// The page of keys to list; nil: the first.
    var page: PageCursor?
    /// Keys of the page up to here have been returned.
    var taken: [UInt8]

    init(page: PageCursor?, taken: [UInt8]) {
        self.page = page
        self.taken = taken
    }

    init(_ cursor: PageCursor?) throws(KVError) {
        guard let bytes = try cursor?.bytes(mark: Self.mark) else {
            self.init(page: nil, taken: [])
            return
        }
        guard let end = bytes.firstIndex(of: Self.separator) else { throw KVError.badCursor }
        let page = String(decoding: bytes[..<end], as: UTF8.self)
        self.init(page: page.isEmpty ? nil : PageCursor(page), taken: Array(bytes[(end + 1)...]))
    }

    var cursor: PageCursor { PageCursor(Array((page?.text ?? "").utf8) + [Self.separator] + taken, mark: Self.mark) }
}

extension String {
    /// With ASCII letters in lower case, as the embedded store compares.
    fileprivate var asciiLowercased: String {
        String(decoding: utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
