/// What stands between the slashes of a path, as ranges of its bytes. Empty parts are passed over.
struct PathParts: IteratorProtocol {
    private static let slash = UInt8(ascii: "/")

    private let path: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ path: UnsafeBufferPointer<UInt8>) {
        self.path = path
    }

    mutating func next() -> Range<Int>? {
        while position < path.count, path[position] == Self.slash { position += 1 }
        guard position < path.count else { return nil }
        let start = position
        while position < path.count, path[position] != Self.slash { position += 1 }
        return start..<position
    }
}
