/// One level of a tree, built from keys in byte order.
package struct FolderLevel {
    private let prefix: [UInt8]
    private let delimiter: [UInt8]
    private let limit: Int
    package private(set) var keys: [KeyInfo] = []
    package private(set) var folders: [Folder] = []
    /// The last key taken, or the end of the last folder.
    package private(set) var taken: [UInt8]

    /// - Parameter taken: The value of this property at the end of the page before; empty for the first page.
    package init(prefix: [UInt8], delimiter: [UInt8], limit: Int, taken: [UInt8]) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.limit = limit
        self.taken = taken
    }

    /// Adds a key, or the folder that it is in. Returns false when the level is full: the key was not added.
    package mutating func take(_ info: KeyInfo) -> Bool {
        let name = info.key.bytes
        guard taken.isEmpty || taken.precedesBytewise(name) else { return true }
        guard keys.count + folders.count < limit else { return false }
        if let folder = name.folder(behind: prefix.count, delimiter: delimiter) {
            folders.append(Folder(prefix: Key(stored: folder)))
            // 0xFF occurs nowhere in UTF-8, so this sorts after every key of the folder.
            taken = folder + [0xFF]
        } else {
            keys.append(info)
            taken = name
        }
        return true
    }
}
