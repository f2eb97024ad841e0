import KVLedger
package import KVModel

/// Adds keys to a list in large sorted portions, each key once. Blocks.
package struct KeyListWriter {
    /// Memory for keys that wait to be sorted and added.
    private static let heldBytes = 4 << 20
    /// What a key takes beyond its bytes.
    private static let bytesPerKey = 48

    private let lists: any KeyListStore
    /// The list's number.
    private let number: Int64
    private var held: [Key] = []
    private var bytes = 0
    /// The number of keys that were added.
    private(set) var count = 0

    /// Whether no key was added.
    package var isEmpty: Bool { count == 0 && held.isEmpty }

    init(_ number: Int64, of lists: any KeyListStore) {
        self.number = number
        self.lists = lists
    }

    package mutating func add(_ key: Key) throws {
        held.append(key)
        bytes += key.bytes.count + Self.bytesPerKey
        if bytes >= Self.heldBytes { try flush() }
    }

    /// Call it after the last key.
    mutating func flush() throws {
        held.sort()
        let unique = held.indices.filter { $0 == 0 || held[$0] != held[$0 - 1] }.map { held[$0] }
        held.removeAll(keepingCapacity: true)
        count += try lists.add(unique, toKeyList: number)
        bytes = 0
    }
}
