package import KVModel
import Synchronization

/// An engine that can do nothing beyond the core: it has no transactions, conditions, counts, metadata or expirations.
package final class MemoryEngine: BasicEngine {
    package let traits = EngineTraits(
        capabilities: [],
        limits: .init(
            keyBytes: Key.maximumBytes, valueBytes: Entry.maximumValueBytes, metadataBytes: 0, minimumTTL: 0),
        batches: .init(read: 100, write: 100, delete: 100, bytes: 1 << 20))

    private struct Contents {
        var title: String
        var values: [Key: [UInt8]] = [:]
    }

    private struct State {
        var namespaces: [NamespaceID: Contents] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Namespaces

    package func allNamespaces() async throws -> [Namespace] {
        state.withLock { state in state.namespaces.map { Namespace(id: $0.key, title: $0.value.title) } }
    }

    package func createNamespace(titled title: String) async throws -> Namespace {
        let title = try Namespace.checkedTitle(title)
        return try state.withLock { state throws(KVError) in
            try Self.requireFree(title, for: nil, in: state)
            state.lastID += 1
            let digits = String(state.lastID, radix: 16)
            let id = NamespaceID(String(repeating: "0", count: 32 - digits.count) + digits)
            state.namespaces[id] = Contents(title: title)
            return Namespace(id: id, title: title)
        }
    }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        if change.isProtected == true { throw KVError(.notSupported, "This store cannot protect single namespaces.") }
        let title = try change.title.map(Namespace.checkedTitle)
        return try access(id) { contents, state throws(KVError) in
            if let title {
                try Self.requireFree(title, for: id, in: state)
                contents.title = title
            }
            return Namespace(id: id, title: contents.title)
        }
    }

    package func deleteNamespace(_ id: NamespaceID) async throws {
        let removed = state.withLock { $0.namespaces.removeValue(forKey: id) }
        if removed == nil { throw KVError.noNamespace(id) }
    }

    private static func requireFree(_ title: String, for id: NamespaceID?, in state: State) throws(KVError) {
        let isTaken = state.namespaces.contains { $0.key != id && $0.value.title.utf8.elementsEqual(title.utf8) }
        if isTaken { throw KVError.titleTaken(title) }
    }

    // MARK: Entries

    package func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        let after = try query.cursor?.bytes(mark: "m") ?? []
        return try access(namespace) { contents, _ in
            let found = contents.values.keys
                .filter { $0.bytes.starts(with: query.prefix) && after.precedesBytewise($0.bytes) }.sorted()
            let items = found.prefix(query.limit).map { KeyInfo(key: $0, size: contents.values[$0]?.count) }
            let last = found.count > query.limit ? items.last : nil
            return Page(items: items, cursor: last.map { PageCursor($0.key.bytes, mark: "m") })
        }
    }

    package func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        try access(namespace) { contents, _ in
            var found: [VersionedEntry?] = []
            var total = 0
            for key in keys {
                let value = contents.values[key]
                total += value?.count ?? 0
                guard found.isEmpty || total <= bytes else { break }
                found.append(value.map { VersionedEntry(entry: Entry(key: key, value: $0), etag: nil) })
            }
            return found
        }
    }

    package func put(_ entries: [Entry], in namespace: NamespaceID) async throws -> [Key: KVError] {
        try access(namespace) { contents, _ in
            for entry in entries { contents.values[entry.key] = entry.value }
            return [:]
        }
    }

    package func remove(_ keys: [Key], in namespace: NamespaceID) async throws -> [Key: KVError] {
        try access(namespace) { contents, _ in
            for key in keys { contents.values[key] = nil }
            return [:]
        }
    }

    private func access<Result: Sendable>(
        _ id: NamespaceID, _ body: (inout Contents, State) throws(KVError) -> Result
    ) throws(KVError) -> Result {
        try state.withLock { state throws(KVError) in
            guard var contents = state.namespaces[id] else { throw KVError.noNamespace(id) }
            let result = try body(&contents, state)
            state.namespaces[id] = contents
            return result
        }
    }
}
