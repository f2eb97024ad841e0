import KVLedger
import KVModel

/// The entries of a selection, whole, in byte order, in batches bounded by count and by bytes.
struct SelectedEntries: BatchSource {
    let selection: JobSelection
    let namespace: NamespaceID
    let engine: any KeyValueEngine
    let ledger: any KeyListStore
    let limit: Int
    let bytes: Int
    let store: String
    /// Where their annotations stand; nil: nobody asks for them.
    let annotationStore: (any AnnotationStore)?
    /// What begins so is not taken, and not counted: what a renaming has made of keys lies among those that it still lists.
    var excludedPrefix: [UInt8]?

    /// Whether the job takes entries away from where it reads them.
    var isMoved = false

    var isRepeatable: Bool { selection.isNamed && !isMoved }

    func total() async throws -> Int? {
        if case .keys(let number) = selection { return try await ledger.keyCount(ofKeyList: number) }
        let all = try await engine.count(in: namespace, prefix: selection.prefixBytes)
        guard let excludedPrefix, let all else { return all }
        return try await engine.count(in: namespace, prefix: excludedPrefix).map { all - $0 }
    }

    func next(after position: SourcePosition) async throws -> Batch<AnnotatedEntry> {
        if case .keys(let number) = selection { return try await named(in: number, after: position.key) }
        let query = KeyQuery(prefix: selection.prefixBytes, cursor: position.cursor, limit: limit)
        let page = try await engine.entries(in: namespace, query, bytes: bytes)
        var items = page.items
        if let excludedPrefix { items.removeAll { $0.key.bytes.starts(with: excludedPrefix) } }
        return Batch(items: try await annotated(items), position: page.cursor.map { .cursor($0.text) })
    }

    func again(_ keys: [Key]) async throws -> Batch<AnnotatedEntry> {
        var batch = Batch<AnnotatedEntry>()
        var rest = keys[...]
        while !rest.isEmpty {
            let found = try await engine.read(Array(rest), in: namespace, bytes: bytes)
            batch.items += try await annotated(found.compactMap { $0?.entry })
            batch.vanished += zip(rest, found).filter { $1 == nil }.map { $0.0 }
            rest = rest.dropFirst(found.count)
        }
        return batch
    }

    private func named(in selection: Int64, after key: String?) async throws -> Batch<AnnotatedEntry> {
        let keys = try await ledger.keys(ofKeyList: selection, after: key, limit: limit)
        guard !keys.isEmpty else { return Batch() }
        let found = try await engine.read(keys, in: namespace, bytes: bytes)
        var batch = Batch<AnnotatedEntry>()
        batch.items = try await annotated(found.compactMap { $0?.entry })
        batch.missing = zip(keys, found).filter { $1 == nil }.map { $0.0 }
        let isLast = found.count == keys.count && keys.count < limit
        batch.position = isLast ? nil : .key(keys[found.count - 1].name)
        return batch
    }

    private func annotated(_ entries: [Entry]) async throws -> [AnnotatedEntry] {
        guard let annotationStore else {
            return entries.map { AnnotatedEntry(entry: $0, annotation: AnnotationChange()) }
        }
        let annotations = try await annotationStore.annotations(of: entries.map(\.key), in: namespace, of: store)
        return entries.map { entry in
            AnnotatedEntry(
                entry: entry, annotation: annotations[entry.key].map { AnnotationChange(to: $0) } ?? .removal)
        }
    }
}
