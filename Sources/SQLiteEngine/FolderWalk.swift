import KVModel

/// Reads one level of the tree: where a key goes on behind the delimiter, its folder is noted and the listing jumps
/// behind the whole of it, so that the cost follows what is shown, not what lies below.
struct FolderWalk {
    /// Keys that are counted for the folders of one page, in all; folders beyond that have no count.
    private static let countBudget = 200_000

    let prefix: [UInt8]
    let delimiter: [UInt8]
    var range: KeyRange
    let limit: Int
    let now: Timestamp

    mutating func page(of namespace: NamespaceID, on connection: borrowing ReadConnection) throws -> FolderPage {
        try connection.snapshot {
            let number = try connection.number(of: namespace)
            var page = try walk(number, on: connection)
            try countFolders(of: &page, number, on: connection)
            return page
        }
    }

    private mutating func walk(_ number: Int, on connection: borrowing ReadConnection) throws -> FolderPage {
        var page = FolderPage()
        var statement = try connection.listing(in: number, range, now: now)
        defer { statement.reset() }
        while try statement.step() {
            let isFull = page.keys.count + page.folders.count >= limit
            if isFull {
                page.cursor = KeyRange.encode(range.lower)
                break
            }
            let info = KeyInfo(row: statement)
            if let folder = info.key.bytes.folder(behind: prefix.count, delimiter: delimiter) {
                page.folders.append(Folder(prefix: Key(stored: folder)))
                range.lower = KeyRange.after(folder: folder)
                statement.reset()
                statement = try connection.listing(in: number, range, now: now)
            } else {
                page.keys.append(info)
                range.lower = KeyRange.after(info.key.bytes)
            }
        }
        return page
    }

    private func countFolders(of page: inout FolderPage, _ number: Int, on connection: borrowing ReadConnection) throws
    {
        var budget = Self.countBudget
        for index in page.folders.indices where budget > 0 {
            let folder = KeyRange(prefix: page.folders[index].prefix.bytes)
            let counted = try connection.count(in: number, folder, atMost: budget + 1, now: now)
            if counted <= budget { page.folders[index].keyCount = counted }
            budget -= counted
        }
    }
}
