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
    /// Nil: its annotation stays as it is.
    var annotation: AnnotationStates?
}

/// Stands for the content of an entry (value, metadata and expiration) in 16 bytes: the first half of their SHA-256.
struct ContentMark: Hashable, Sendable {
    let first: UInt64
    let second: UInt64

    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    init(_ entry: Entry) {
        var hash = SHA256()
        entry.value.withUnsafeBytes { hash.update(bufferPointer: $0) }
        entry.metadata?.json.withUnsafeBytes { hash.update(bufferPointer: $0) }
        // The lengths tell where the one ends and the other begins.
        let rest = (
            Int64(entry.value.count).littleEndian, Int64(entry.metadata?.json.count ?? -1).littleEndian,
            (entry.expiration?.seconds ?? -1).littleEndian
        )
        withUnsafeBytes(of: rest) { hash.update(bufferPointer: $0) }
        (first, second) = hash.finalize().withUnsafeBytes { bytes in
            (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
