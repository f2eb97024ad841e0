import Crypto
package import KVModel
import NIOCore
import Synchronization

extension CloudflareEngine {
    /// Bulk reads, or raw ones, that are under way at once for one caller.
    private static let width = 8

    // MARK: From a listing

    package func entries(in namespace: NamespaceID, _ query: KeyQuery, bytes: Int) async throws -> Page<Entry> {
        var batch = ReadBatch(limit: query.limit, bytes: bytes)
        var within: ListPosition?
        let end = try await list(
            in: namespace, prefix: query.prefix, from: ListPosition(query.cursor), wanted: query.limit
        ) { keys, page in
            try await read(keys, in: namespace, into: &batch)
            if let last = keys.last, batch.lastKey != last.key {
                within = ListPosition(cursor: page.cursor, after: batch.lastKey?.bytes ?? [])
            }
            return !batch.isFull
        }
        return Page(items: batch.entries.compactMap(\.self), cursor: (within ?? end)?.pageCursor)
    }

    private func read(_ keys: [KeyInfo], in namespace: NamespaceID, into batch: inout ReadBatch) async throws {
        try await gather(keys, by: \.key, into: &batch) { chunk, bytes in
            try await entries(chunk, in: namespace, bytes: bytes)
        }
    }

    /// Reads in chunks, some at once, until all items are taken or the batch is full. `fetch` may answer for a leading part of
    /// its chunk, at least one.
    private func gather<Item: Sendable>(
        _ items: [Item], by key: (Item) -> Key, into batch: inout ReadBatch,
        _ fetch: @escaping @Sendable (_ chunk: [Item], _ bytes: Int) async throws -> [Entry?]
    ) async throws {
        var rest = items[...]
        while !rest.isEmpty, !batch.isFull {
            let wave = rest.prefix(batch.chunksAtOnce(upTo: Self.width) * BulkGetRequest.keysAtOnce)
            let bytes = batch.bytesLeft
            let chunks = wave.chunks(of: BulkGetRequest.keysAtOnce)
            let read = try await chunks.concurrently(width: Self.width) { try await fetch($0, bytes) }
            for (chunk, entries) in zip(chunks, read) {
                for (item, entry) in zip(chunk, entries) {
                    guard batch.take(key(item), entry) else { return }
                    rest = rest.dropFirst()
                }
                // What comes behind a part that was left out is not its turn yet.
                if entries.count < chunk.count { break }
            }
        }
    }

    /// Metadata and expiration are known from the listing.
    private func entries(_ keys: [KeyInfo], in namespace: NamespaceID, bytes: Int) async throws -> [Entry?] {
        let values = try await values(of: keys.map(\.key), in: namespace, withMetadata: false, bytes: bytes)
        return zip(keys, values).map { info, value in
            (value?.value).map {
                Entry(key: info.key, value: $0, metadata: info.metadata, expiration: info.expiration)
            }
        }
    }

    // MARK: By their names

    package func read(_ keys: [Key], in namespace: NamespaceID, bytes: Int) async throws -> [VersionedEntry?] {
        if keys.count == 1, context.priority == .users {
            return [try await whole(keys[0], in: namespace).map { VersionedEntry(entry: $0, etag: $0.etag) }]
        }
        var batch = ReadBatch(limit: keys.count, bytes: bytes)
        try await gather(keys, by: \.self, into: &batch) { chunk, bytes in
            let values = try await values(of: chunk, in: namespace, withMetadata: true, bytes: bytes)
            return zip(chunk, values).map { key, value in
                value.flatMap { found in
                    found.value.map {
                        Entry(key: key, value: $0, metadata: found.metadata, expiration: found.expiration)
                    }
                }
            }
        }
        var entries = batch.entries
        try await findExpirations(of: &entries, in: namespace)
        return entries.map { $0.map { VersionedEntry(entry: $0, etag: nil) } }
    }

    /// One value byte for byte, with everything that belongs to it: two requests.
    func whole(_ key: Key, in namespace: NamespaceID) async throws -> Entry? {
        async let metadata = metadata(of: key, in: namespace)
        guard let raw = try await raw(key, in: namespace) else { return nil }
        return Entry(key: key, value: raw.value, metadata: try await metadata ?? nil, expiration: raw.expiration)
    }

    // MARK: Values

    /// For a leading part of the keys, at least one: as many as there is room for where values are read one by one. Nil where
    /// there is no such key; every value is whole.
    private func values(
        of keys: [Key], in namespace: NamespaceID, withMetadata: Bool, bytes: Int
    ) async throws -> [BulkValue?] {
        let isExact = context.readsExactly
        if isExact, !withMetadata {
            return try await oneByOne(keys, bytes: bytes) { key in
                try await raw(key, in: namespace).map { BulkValue(value: $0.value) }
            }
        }
        guard let found = try await texts(of: keys, in: namespace, withMetadata: withMetadata) else {
            // More than one answer carries: a half of them, or one alone by itself.
            guard keys.count > 1 else { return [try await rawValue(keys[0], BulkValue(), in: namespace, withMetadata)] }
            let half = Array(keys.prefix(keys.count / 2))
            return try await values(of: half, in: namespace, withMetadata: withMetadata, bytes: bytes)
        }
        if found.values.contains(where: { $0.expiration != nil }) {
            learned.tellsExpirations.store(true, ordering: .relaxed)
        }
        if !isExact, found.values.allSatisfy({ $0.value != nil }) { return keys.map { found[$0] } }
        return try await oneByOne(keys, bytes: bytes) { key in
            guard let text = found[key] else { return nil }
            guard text.value == nil || isExact else { return text }
            return try await rawValue(key, text, in: namespace, false)
        }
    }

    /// A few at once, until they have more bytes than there is room for.
    private func oneByOne(
        _ keys: [Key], bytes: Int, _ read: @escaping @Sendable (Key) async throws -> BulkValue?
    ) async throws -> [BulkValue?] {
        var values: [BulkValue?] = []
        var total = 0
        while values.count < keys.count, values.isEmpty || total < bytes {
            let wave = keys[values.count...].prefix(Self.width)
            for value in try await wave.concurrently(width: Self.width, read) {
                values.append(value)
                total += value?.value?.count ?? 0
            }
        }
        return values
    }

    /// The raw value in place of a text.
    private func rawValue(
        _ key: Key, _ text: BulkValue, in namespace: NamespaceID, _ withMetadata: Bool
    ) async throws -> BulkValue? {
        guard let raw = try await raw(key, in: namespace) else { return nil }
        var value = text
        value.value = raw.value
        value.expiration = raw.expiration ?? text.expiration
        if withMetadata { value.metadata = try await metadata(of: key, in: namespace) ?? nil }
        return value
    }

    /// Nil when the values are more than one answer carries.
    func texts(
        of keys: [Key], in namespace: NamespaceID, withMetadata: Bool
    ) async throws -> [Key: BulkValue]? {
        let call = Call.bulk(.get, in: namespace, body: BulkGetRequest.body(keys, withMetadata: withMetadata))
        switch try await api.outcome(of: call) {
        case .received(let answer): return try BulkGetRequest.values(in: answer, withMetadata: withMetadata)
        case .refused(.tooLarge, _, _): return nil
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    func raw(_ key: Key, in namespace: NamespaceID) async throws -> (value: [UInt8], expiration: Expiration?)? {
        let call = Call.value(key, in: namespace)
        switch try await api.outcome(of: call) {
        case .received(let answer): return (answer.body, answer.expiration)
        case .refused(.noKey, _, _): return nil
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    /// Nil where there is no such key; nil within where it has no metadata.
    func metadata(of key: Key, in namespace: NamespaceID) async throws -> Metadata?? {
        let call = Call.metadata(key, in: namespace)
        switch try await api.outcome(of: call) {
        case .received(let answer):
            var metadata: Metadata?
            try answer.read { metadata = try Metadata.asGiven(&$0) }
            return .some(metadata)
        case .refused(.noKey, _, _): return nil
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }
}

extension Entry {
    /// Stands for the content: the API has no mark of a state.
    var etag: ETag {
        var hash = SHA256()
        hash.update(data: value)
        hash.update(data: [0] + (metadata?.json ?? []))
        hash.update(data: "\(expiration?.seconds ?? 0)".utf8.map(\.self))
        let number = hash.finalize().prefix(7).reduce(0) { $0 << 8 | Int($1) }
        return ETag(version: number)
    }
}
