import KVModel

/// What a batch read has gathered, within its bounds.
struct ReadBatch {
    private let limit: Int
    private let bytes: Int
    /// One for each key taken, in order; nil where there is no such key.
    private(set) var entries: [Entry?] = []
    private(set) var lastKey: Key?
    /// No more is to be taken: the bounds are reached, or the next would go beyond them.
    private(set) var isFull = false
    private var total = 0

    init(limit: Int, bytes: Int) {
        self.limit = limit
        self.bytes = bytes
    }

    var taken: Int { entries.count }
    var bytesLeft: Int { max(1, bytes - total) }

    /// False when it does not fit any more.
    mutating func take(_ key: Key, _ entry: Entry?) -> Bool {
        let size = entry?.value.count ?? 0
        guard !isFull, total == 0 || total + size <= bytes else {
            isFull = true
            return false
        }
        total += size
        entries.append(entry)
        lastKey = key
        isFull = entries.count >= limit
        return true
    }

    /// How many bulk reads to begin at once, so that hardly more is read than fits: one until there is something to tell
    /// from.
    func chunksAtOnce(upTo width: Int) -> Int {
        guard taken > 0 else { return 1 }
        let chunkBytes = max(1, total / taken * BulkGetRequest.keysAtOnce)
        return min(width, max(1, (bytes - min(total, bytes)) / chunkBytes))
    }
}
