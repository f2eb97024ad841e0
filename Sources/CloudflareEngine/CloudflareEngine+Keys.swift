package import KVModel

extension CloudflareEngine {
    /// Keys looked through for one page of folders: the API knows no delimiter, so what lies within a folder is passed
    /// over key by key. A page costs two requests, of which people have some hundred in five minutes.
    private static let keysPerFolderPage = 2_000

    package func keys(in namespace: NamespaceID, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        var items: [KeyInfo] = []
        var within: ListPosition?
        let end = try await list(
            in: namespace, prefix: query.prefix, from: ListPosition(query.cursor), wanted: query.limit
        ) { keys, page in
            let room = query.limit - items.count
            items += keys.prefix(room)
            if keys.count > room, let last = items.last {
                within = ListPosition(cursor: page.cursor, after: last.key.bytes)
            }
            return items.count < query.limit
        }
        return Page(items: items, cursor: (within ?? end)?.pageCursor)
    }

    package func folders(
        in namespace: NamespaceID, _ query: KeyQuery, delimiter: [UInt8]
    ) async throws -> FolderPage {
        let start = try ListPosition(query.cursor)
        var level = FolderLevel(prefix: query.prefix, delimiter: delimiter, limit: query.limit, taken: start.after)
        var seen = 0
        var within: ListPosition?
        let end = try await list(
            in: namespace, prefix: query.prefix, from: start, wanted: Self.keysPerFolderPage
        ) { keys, page in
            seen += keys.count
            for info in keys where !level.take(info) {
                within = ListPosition(cursor: page.cursor, after: level.taken)
                return false
            }
            return seen < Self.keysPerFolderPage
        }
        // Within a folder: what is left of it is not shown again.
        let position = within ?? end.map { ListPosition(cursor: $0.cursor, after: level.taken) }
        return FolderPage(keys: level.keys, folders: level.folders, cursor: position?.pageCursor)
    }
}
