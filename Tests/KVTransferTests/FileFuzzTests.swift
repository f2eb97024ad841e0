import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("Damaged files, many")
struct FileFuzzTests {
    private static let endings: Set<KVError.Code> = [
        .truncatedFile, .expandsTooFar, .unknownFormat, .noValues, .invalidRecord,
    ]

    @Test("are read to an end, in little memory, and records are what records may be", arguments: FileFormat.allCases)
    func records(format: FileFormat) throws {
        let whole = try [1, 2, 4].map { try file(of: try GeneratedEntries.random($0, seed: UInt64(20 + $0)), format) }
        let telling = "\"\\,\r\n{}[]:u0aE. \u{FEFF}"
        for (index, bytes) in Mutations(of: whole, telling: telling, seed: 21, count: Mutations.usualCount / 4)
            .enumerated()
        {
            try check(bytes, as: index.isMultiple(of: 2) ? format : nil, chunkBytes: [3, 64, 1 << 16][index % 3])
        }
    }

    @Test("of gzip are read to an end, and expand to no more than they may")
    func gzip() throws {
        let whole = try [1, 5, 30].map {
            try file(of: try GeneratedEntries.random($0, seed: UInt64(30 + $0)), .ndjson, isGzipped: true)
        }
        for (index, bytes) in Mutations(of: whole, telling: "\u{1F}\u{8}\u{0}", seed: 31).enumerated() {
            try check(bytes, as: nil, chunkBytes: [1, 64, 1 << 16][index % 3])
        }
    }

    private func check(_ bytes: [UInt8], as format: FileFormat?, chunkBytes: Int) throws {
        let limit = 1 << 20
        do {
            let reading = try read(
                bytes, as: format, expandingTo: limit, chunkBytes: chunkBytes, maximumRecordBytes: 4_096)
            if let ending = reading.ending, !Self.endings.contains(ending.code) { Issue.record("\(ending)") }
            for record in reading.records where !Self.isSound(record) { Issue.record("\(record)") }
        } catch let error as KVError {
            if !Self.endings.contains(error.code) { Issue.record("\(error)") }
        }
    }

    private static func isSound(_ record: Record) -> Bool {
        (1...Key.maximumBytes).contains(record.key.bytes.count) && record.key.bytes.isValidUTF8
            && record.value.count <= Entry.maximumValueBytes
            && record.metadata.map { (try? JSONScanner.validate($0.json)) != nil } != false
            && (record.annotation.tags ?? []).count <= Tags.maximumCount
    }
}
