import KVJobs
import KVModel

/// Adds keys to a list in the ledger: sorted, each once, in transactions that are short enough not to hold up others. Blocks.
struct KeyListWriter {
    private static let keysAtOnce = 10_000
    /// Memory for keys that wait to be sorted and added.
    private static let heldBytes = 4 << 20
    /// What a key takes beyond its bytes.
    private static let bytesPerKey = 48

    private let jobs: Jobs
    /// The list's number.
    private let number: Int64
    private var held: [Key] = []
    private var bytes = 0

    init(_ number: Int64, of jobs: Jobs) {
        self.number = number
        self.jobs = jobs
    }

    mutating func add(_ key: Key) throws {
        held.append(key)
        bytes += key.bytes.count + Self.bytesPerKey
        if bytes >= Self.heldBytes { try flush() }
    }

    /// Call it after the last key.
    mutating func flush() throws {
        held.sort()
        var rest = held.indices.filter { $0 == 0 || held[$0] != held[$0 - 1] }[...]
        while !rest.isEmpty {
            try jobs.add(rest.prefix(Self.keysAtOnce).map { held[$0] }, toSelection: number)
            rest = rest.dropFirst(Self.keysAtOnce)
        }
        held.removeAll(keepingCapacity: true)
        bytes = 0
    }
}
