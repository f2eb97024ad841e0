import Crypto
import KVModel

/// What a job does to one key: what was there before, and how what is there afterwards can be told.
struct Change: Hashable, Sendable {
    /// Which of a job's two namespaces.
    enum Side: UInt8, CaseIterable, Sendable {
        case own = 0
        case target = 1
    }

    var side: Side
    var key: Key
    /// Nil: there was no such key.
    var before: Entry?
    /// Nil: there is no such key any more.
    var after: ContentMark?
}

/// Stands for the content of an entry (value, metadata and expiration) in 16 bytes: the first half of their SHA-256.
struct ContentMark: Hashable, Sendable {
    static let size = 16

    let bytes: [UInt8]

    init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ entry: Entry) {
        var hash = SHA256()
        hash.update(data: entry.value)
        var rest: [UInt8] = entry.metadata?.json ?? []
        rest.append(entry.metadata == nil ? 0 : 1)
        rest.append(littleEndian: UInt64(bitPattern: entry.expiration?.seconds ?? -1))
        // Tells where the value ends.
        rest.append(littleEndian: UInt64(entry.value.count))
        hash.update(data: rest)
        bytes = Array(hash.finalize().prefix(Self.size))
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
