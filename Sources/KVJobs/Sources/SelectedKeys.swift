import KVLedger
import KVModel

/// The keys of a selection, in byte order.
struct SelectedKeys: BatchSource {
    let selection: JobSelection
    let namespace: NamespaceID
    let engine: any KeyValueEngine
    let ledger: any KeyListStore
    let limit: Int

    var isRepeatable: Bool { selection.isNamed }

    func total() async throws -> Int? {
        if case .keys(let number) = selection { return try await ledger.keyCount(ofKeyList: number) }
        return try await engine.count(in: namespace, prefix: selection.prefixBytes)
    }

    func next(after position: SourcePosition) async throws -> Batch<KeyInfo> {
        if case .keys(let number) = selection {
            let keys = try await ledger.keys(ofKeyList: number, after: position.key, limit: limit)
            return Batch(
                items: keys.map { KeyInfo(key: $0) },
                position: keys.count < limit ? nil : keys.last.map { .key($0.name) })
        }
        let query = KeyQuery(prefix: selection.prefixBytes, cursor: position.cursor, limit: limit)
        let page = try await engine.keys(in: namespace, query)
        return Batch(items: page.items, position: page.cursor.map { .cursor($0.text) })
    }

    func again(_ keys: [Key]) async throws -> Batch<KeyInfo> {
        Batch(items: keys.map { KeyInfo(key: $0) })
    }
}

extension SourcePosition {
    var cursor: PageCursor? {
        if case .cursor(let text) = self { PageCursor(text) } else { nil }
    }

    var key: String? {
        if case .key(let name) = self { name } else { nil }
    }
}
