import KVModel

/// The keys from `lower` on and before `upper`. A cursor is nothing but the lower bound where the next page begins.
struct KeyRange {
    /// Begins every cursor, so that other texts are told from cursors.
    private static let mark: StaticString = "kv"

    /// After every key: 0xFF occurs nowhere in UTF-8.
    private static let end: [UInt8] = [0xFF]

    var lower: [UInt8]
    let upper: [UInt8]

    init(prefix: [UInt8]) {
        lower = prefix
        upper = prefix.prefixUpperBound ?? Self.end
    }

    init(_ query: KeyQuery) throws(KVError) {
        self.init(prefix: query.prefix)
        if let cursor = query.cursor {
            let start = try Self.decode(cursor)
            if lower.precedesBytewise(start) { lower = start }
        }
    }

    /// The first byte string after a key.
    static func after(_ key: [UInt8]) -> [UInt8] { key + [0] }

    static func after(folder prefix: [UInt8]) -> [UInt8] { prefix.prefixUpperBound ?? end }

    static func encode(_ start: [UInt8]) -> PageCursor { PageCursor(start, mark: mark) }

    static func decode(_ cursor: PageCursor) throws(KVError) -> [UInt8] { try cursor.bytes(mark: mark) }
}
