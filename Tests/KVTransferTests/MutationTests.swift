import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("Damaged files")
struct MutationTests {
    @Test("are read alike in whatever chunks, and never end otherwise than by an error", arguments: FileFormat.allCases)
    func chunksDoNotMatter(format: FileFormat) throws {
        var random = Seeded(seed: 11)
        let telling = Array("\"\\,\r\n{}[]:u0a \u{FEFF}".utf8) + [0, 0xFF]
        let original = try file(of: try GeneratedEntries.random(6, seed: 12), format)
        for _ in 0..<150 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 10..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = telling[Int.random(in: 0..<telling.count, using: &random)]
                case 1: bytes.insert(telling[Int.random(in: 0..<telling.count, using: &random)], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
                }
                if bytes.count < 20 { bytes = original }
            }
            let outcomes = [1, 5, 64, 1 << 16].map { chunkBytes in
                Result { try read(bytes, as: format, chunkBytes: chunkBytes, maximumRecordBytes: 1_000) }
                    .map { Outcome(records: $0.records, failures: $0.failures, ending: $0.ending) }
                    .mapError { $0 as? KVError ?? KVError(.internalError, "\($0)") }
            }
            #expect(outcomes.allSatisfy { $0 == outcomes[0] })
        }
    }

    @Test("of gzip are read alike in whatever chunks")
    func gzipChunksDoNotMatter() throws {
        var random = Seeded(seed: 13)
        let original = try file(of: try GeneratedEntries.random(20, seed: 14), .ndjson, isGzipped: true)
        for _ in 0..<200 {
            var bytes = original
            bytes[Int.random(in: 3..<bytes.count, using: &random)] ^= UInt8(1 << Int.random(in: 0...7, using: &random))
            for chunkBytes in [1, 64, 1 << 16] {
                guard let reading = try? read(bytes, as: .ndjson, expandingTo: 1 << 20, chunkBytes: chunkBytes) else {
                    continue
                }
                #expect(reading.ending == nil || [.truncatedFile, .expandsTooFar].contains(reading.ending?.code))
            }
        }
    }

    private struct Outcome: Hashable {
        var records: [Record]
        var failures: [BadRecord]
        var ending: KVError?
    }
}
