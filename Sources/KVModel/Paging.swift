/// Where a listing goes on: made by an engine, understood by that engine alone.
package struct PageCursor: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// Part of a list, and where the next part begins (nil: this was the last).
package struct Page<Element: Sendable>: Sendable {
    package var items: [Element]
    package var cursor: PageCursor?

    package init(items: [Element], cursor: PageCursor?) {
        self.items = items
        self.cursor = cursor
    }
}

/// Which keys to list: those that begin with `prefix`, in byte order, from `cursor` on.
package struct KeyQuery: Hashable, Sendable {
    package var prefix: [UInt8]
    package var cursor: PageCursor?
    package var limit: Int

    package init(prefix: [UInt8] = [], cursor: PageCursor? = nil, limit: Int) {
        self.prefix = prefix
        self.cursor = cursor
        self.limit = limit
    }
}

/// All keys that share the part up to and including a delimiter.
package struct Folder: Hashable, Sendable {
    package var prefix: Key
    /// How many keys lie under it; nil when counting them would take long.
    package var keyCount: Int?

    package init(prefix: Key, keyCount: Int? = nil) {
        self.prefix = prefix
        self.keyCount = keyCount
    }
}

/// One level of a namespace read as a tree: keys and folders share the limit and the order.
package struct FolderPage: Sendable {
    package var keys: [KeyInfo]
    package var folders: [Folder]
    package var cursor: PageCursor?

    package init(keys: [KeyInfo] = [], folders: [Folder] = [], cursor: PageCursor? = nil) {
        self.keys = keys
        self.folders = folders
        self.cursor = cursor
    }
}
