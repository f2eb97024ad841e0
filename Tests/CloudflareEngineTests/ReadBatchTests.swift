import KVModel
import Testing

@testable import CloudflareEngine

@Suite("A batch read within its bounds")
struct ReadBatchTests {
    private func entry(_ size: Int) throws -> Entry {
        Entry(key: try Key("k"), value: [UInt8](repeating: 0, count: size))
    }

    /// How many of the entries of these sizes (nil: no such key) are taken.
    private func take(_ sizes: [Int?], into batch: inout ReadBatch) throws -> Int {
        var taken = 0
        for size in sizes where batch.take(try Key("k"), try size.map(entry)) { taken += 1 }
        return taken
    }

    @Test("takes the first whatever its size, and then no more than fits")
    func bytes() throws {
        var batch = ReadBatch(limit: 10, bytes: 100)
        let taken = try take([500, 1, 0], into: &batch)
        #expect(taken == 1)
        #expect(batch.isFull)
        #expect(batch.entries.count == 1)
    }

    @Test("is full at its limit; keys that are not there count")
    func limit() throws {
        var batch = ReadBatch(limit: 2, bytes: 100)
        let first = try take([nil], into: &batch)
        #expect(first == 1)
        #expect(!batch.isFull)
        let others = try take([1, nil], into: &batch)
        #expect(others == 1)
        #expect(batch.isFull)
    }

    @Test("begins with one bulk read, and then as many as will fit by what came")
    func width() throws {
        var batch = ReadBatch(limit: 10_000, bytes: 1_000_000)
        #expect(batch.chunksAtOnce(upTo: 8) == 1)
        _ = try take([Int](repeating: 100, count: 100), into: &batch)
        #expect(batch.chunksAtOnce(upTo: 8) == 8)
        var large = ReadBatch(limit: 10_000, bytes: 1_000_000)
        _ = try take([Int](repeating: 4_000, count: 100), into: &large)
        #expect(large.chunksAtOnce(upTo: 8) == 1)
    }

    @Test("a bulk request takes 10,000 pairs, or what its bytes allow, and one at least")
    func portions() throws {
        let small = try (0..<10_001).map { Entry(key: try Key("k\($0)"), value: [1]) }
        #expect(BulkBody.portion(of: small[...]).count == 10_000)
        let large = try (0..<4).map {
            Entry(key: try Key("k\($0)"), value: [UInt8](repeating: 0, count: Entry.maximumValueBytes))
        }
        #expect(BulkBody.portion(of: large[...]).count == 2)
        #expect(BulkBody.portion(of: large[3...]).count == 1)
        #expect(BulkBody.portion(of: small[10_000...]).count == 1)
    }
}
