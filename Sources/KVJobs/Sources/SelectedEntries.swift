import KVModel

/// The entries of a selection, whole, in byte order, in batches bounded by count and by bytes.
struct SelectedEntries: BatchSource {
    let selection: JobSelection
    let namespace: NamespaceID
    let engine: any KeyValueEngine
    let ledger: Ledger
    let limit: Int
    let bytes: Int

    func total() async throws -> Int? {
        if case .keys(let number) = selection { return try await ledger.keyCount(ofSelection: number) }
        return try await engine.count(in: namespace, prefix: selection.prefixBytes)
    }

    func next(after position: SourcePosition) async throws -> Batch<Entry> {
        if case .keys(let number) = selection { return try await named(in: number, after: position.key) }
        let query = KeyQuery(prefix: selection.prefixBytes, cursor: position.cursor, limit: limit)
        let page = try await engine.entries(in: namespace, query, bytes: bytes)
        return Batch(items: page.items, position: page.cursor.map { .cursor($0.text) })
    }

    private func named(in selection: Int64, after key: String?) async throws -> Batch<Entry> {
        let keys = try await ledger.keys(ofSelection: selection, after: key, limit: limit)
        guard !keys.isEmpty else { return Batch() }
        let found = try await engine.read(keys, in: namespace, bytes: bytes)
        var batch = Batch<Entry>()
        for (key, versioned) in zip(keys, found) {
            if let versioned {
                batch.items.append(versioned.entry)
            } else {
                batch.failures.append(JobFailure(key: key.name, error: .noKey(key)))
            }
        }
        let isLast = found.count == keys.count && keys.count < limit
        batch.position = isLast ? nil : .key(keys[found.count - 1].name)
        return batch
    }
}
