import Foundation
import KVHTTP
import KVModel
import Testing

@testable import KVServer

@Suite("The pairs of a bulk write")
struct BulkPairsTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func pairs(_ json: String) throws -> BulkPairs {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(json.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try BulkPairs(MappedFile(path: path), now: Self.now)
    }

    private func batches(_ pairs: BulkPairs, upTo end: Int? = nil, write: Int = 1_000, bytes: Int = 1 << 20) throws
        -> [[Entry]]
    {
        let sizes = EngineTraits.BatchSizes(read: 1, write: write, delete: 1, bytes: bytes)
        var batches: [[Entry]] = []
        var start = 0
        while start < end ?? pairs.count {
            batches.append(try pairs.entries(from: start, before: end ?? pairs.count, sizes: sizes))
            start += batches.last?.count ?? 0
        }
        return batches
    }

    @Test("come in the order of their keys, those with one key in the order given")
    func order() throws {
        let pairs = try pairs(
            """
            [{"key": "b", "value": "1"}, {"key": "é", "value": "2"}, {"key": "a", "value": "3"}, {"key": "b", "value": "4"}]
            """)
        let entries = try batches(pairs)[0]
        #expect(entries.map(\.key.name) == ["a", "b", "b", "é"])
        #expect(entries.map(\.value) == ["3", "1", "4", "2"].map { Array($0.utf8) })
        #expect(pairs.names(from: 2) == ["b", "é"])
    }

    @Test("are whole, their times counted from the request's")
    func whole() throws {
        let pairs = try pairs(
            """
             [ {"metadata": {"x" : 1}, "base64": true, "value": "AP8=", "key": "k", "expiration_ttl": 60, "expiration": 1} ]
            """)
        let entry = try #require(try batches(pairs).first?.first)
        #expect(entry.value == [0, 0xFF])
        #expect(entry.metadata.map { String(decoding: $0.json, as: UTF8.self) } == "{\"x\" : 1}")
        #expect(entry.expiration?.seconds == Self.now.seconds + 60)
    }

    @Test("are one batch as long as they fit, and at least one of them, by number and by bytes")
    func sizes() throws {
        let pairs = try pairs(
            "[" + (0..<10).map { "{\"key\":\"k\($0)\",\"value\":\"12345678\"}" }.joined(separator: ",") + "]")
        #expect(try batches(pairs).map(\.count) == [10])
        #expect(try batches(pairs, write: 4).map(\.count) == [4, 4, 2])
        #expect(try batches(pairs, bytes: 30).map(\.count) == [3, 3, 3, 1])
        #expect(try batches(pairs, bytes: 1).map(\.count) == Array(repeating: 1, count: 10))
        #expect(try batches(pairs, upTo: 5).map(\.count) == [5])
    }
}
