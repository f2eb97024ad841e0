import KVHTTP
import KVModel

/// The pairs of a bulk write, on the disk: checked, and known by where they stand.
struct BulkPairs: Sendable {
    static let maximumCount = 10_000
    static let maximumBytes = 100 << 20

    private struct PairExtent: Sendable {
        var key: Key
        var range: Range<Int>
        /// Bytes of key, value and metadata.
        var size: Int
    }

    private let file: MappedFile
    /// Times to live count from it.
    private let now: Timestamp
    /// In the order of their keys; of one key in the order given, so that the last one stands.
    private var extents: [PairExtent] = []

    /// Reads all of it on the calling thread, which blocks. Throws what is wrong with the first pair that cannot be written.
    init(_ file: MappedFile, now: Timestamp) throws {
        self.file = file
        self.now = now
        try file.read { bytes in try check(bytes) }
        guard !extents.isEmpty else { throw CloudflareError.wrongCount("at least one key needed") }
        extents.sort { $0.key < $1.key }
    }

    private mutating func check(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var scanner = JSONScanner(body: bytes)
        var passage = MappedFile.Passage(file)
        try CloudflareError.readingBody {
            try scanner.array { scanner in
                guard extents.count < Self.maximumCount else {
                    throw CloudflareError.wrongCount("at most \(Self.maximumCount) pairs can be written at once")
                }
                extents.append(try extent(of: extents.count + 1, &scanner))
                passage.passed(scanner.position)
            }
            try scanner.end()
        }
    }

    private func extent(of number: Int, _ scanner: inout JSONScanner) throws -> PairExtent {
        _ = scanner.peek()
        let start = scanner.position
        var pair = BulkPair()
        do {
            try pair.read(&scanner)
            let (key, size) = try pair.check(scanner, now: now)
            return PairExtent(key: key, range: start..<scanner.position, size: size)
        } catch {
            throw pair.refusal(error, scanner, number: number)
        }
    }

    var count: Int { extents.count }

    func names(from start: Int) -> [String] { extents[start...].map(\.key.name) }

    /// The entries from `start` on: as many as fit, at least one. Blocks, as above.
    func entries(from start: Int, before end: Int, sizes: EngineTraits.BatchSizes) throws -> [Entry] {
        var total = 0
        let batch = extents[start..<end].prefix(sizes.write).prefix { place in
            total += place.size
            return total == place.size || total <= sizes.bytes
        }
        var passage = MappedFile.Passage(file)
        return try file.read { bytes in
            var entries = batch.map { Entry(key: $0.key, value: []) }
            // In the order of the file, so that little of it is in memory at a time.
            for index in batch.indices.sorted(by: { batch[$0].range.lowerBound < batch[$1].range.lowerBound }) {
                var scanner = JSONScanner(bytes, from: batch[index].range.lowerBound)
                var pair = BulkPair()
                try pair.read(&scanner)
                entries[index - batch.startIndex] = try pair.entry(scanner, now: now)
                passage.passed(scanner.position)
            }
            return entries
        }
    }
}
