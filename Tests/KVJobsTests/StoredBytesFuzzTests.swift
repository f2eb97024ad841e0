import Foundation
import GRDB
import KVLedger
import KVModel
import KVTransfer
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// What the program reads back from its own files may have been damaged by anything. Whatever it is, nothing traps, hangs or
/// takes memory that the input does not have; numbers can be calculated with.
@Suite("Stored bytes that are damaged")
struct StoredBytesFuzzTests {
    private static let states = AnnotationStates(
        before: Annotation(tags: ["é", "t"], color: .red, customMetadata: Metadata(stored: Array("{}".utf8))),
        after: Annotation(tags: ["u"]))

    private static func frames() throws -> [[UInt8]] {
        var random = Seeded(seed: 21)
        let entries = try (0..<4).map { try Model.entry("key \($0)", using: &random) }
        var changes: [UInt8] = []
        var annotations: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let change = Change(
                side: .own, key: entry.key, before: index == 0 ? nil : entry, after: ContentMark(entry),
                annotation: index == 1 ? states : nil)
            try change.append(to: &changes)
            try AnnotationChanged(side: .target, key: entry.key, states: states).append(to: &annotations)
        }
        let batch = JournaledBatch(
            keys: entries.map(\.key), missing: [try Key("gone")], position: .journal(77), skipped: 3)
        return [
            try JournalFrame.encode(batch), JournalFrame.encode(changes: changes),
            JournalFrame.encode(annotations: annotations), JournalFrame.encodedSeal,
        ]
    }

    @Test("frames of a journal")
    func journalFrames() throws {
        let contents = try Self.frames().map { Array($0.dropFirst(8).dropLast(4)) }
        var read = 0
        for bytes in Mutations(of: contents, telling: "{}[]\":,019\u{1}\u{2}\u{4}", seed: 22) {
            guard let frame = try? JournalFrame(content: bytes[...]) else { continue }
            read += 1
            if case .batch(let batch) = frame { #expect(batch.skipped >= 0 && batch.skipped < 1 << 32) }
        }
        #expect(read > 0)
    }

    @Test("whole journals, read from either end")
    func journals() throws {
        let whole = try Self.frames().flatMap { $0 }
        let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = Seeded(seed: 23)
        for bytes in Mutations(of: [whole], telling: "\u{1}\u{4}\u{10}", seed: 24, count: Mutations.usualCount / 20) {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let start = Int.random(in: -2...bytes.count + 8, using: &random)
            if let pending = try? PendingBatch(path: path, behind: start) {
                #expect(pending.end <= max(start, bytes.count))
            }
            let reader = try #require(try JournalReader(path: path))
            for end in [bytes.count, start, .max, .min] {
                var position = end
                while let (_, begin) = try? reader.frame(endingAt: position) {
                    #expect(begin < position)
                    position = begin
                }
                _ = try? reader.frame(at: end)
            }
        }
    }

    @Test("checkpoints")
    func checkpoints() throws {
        let places: [SourcePosition] = [
            .start, .cursor("c"), .key("k"), .file(.init(offset: 4_096, line: 12, records: 11)), .journal(9_007_199),
            .end,
        ]
        let inputs = try places.map { place in
            var checkpoint = JobCheckpoint(source: place)
            (checkpoint.outputBytes, checkpoint.journalBytes, checkpoint.journalChanges) = (10, 9_223_372, 7)
            return try checkpoint.storedText()
        }
        for bytes in Mutations(of: inputs, telling: "{}[]\":,-.e0919", seed: 25) {
            guard let checkpoint = try? JobCheckpoint(stored: String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(checkpoint.journalChanges + checkpoint.outputRecords >= 0)
            if case .file(let place) = checkpoint.source { #expect(place.offset + place.line + place.records >= 0) }
        }
        #expect(throws: (any Error).self) {
            try JobCheckpoint(stored: "{\"source\":{\"start\":{}},\"journalBytes\":-1}")
        }
    }

    @Test("rows of the ledger")
    func rows() throws {
        var random = Seeded(seed: 26)
        let specifications: [any JobKind] = [
            DeleteJob(.all), CopyJob(.prefix("p"), target: JobTarget(store: "s", namespace: "n"), collision: .skip),
            RenameJob(.keys(selection: 7), from: "a", to: "b", collision: .fail), ExpireJob(.all, at: 4_102_444_800),
            UndoJob(of: JobID("id"), target: nil, isForced: true, ofTags: false, only: 3),
        ]
        let works = try specifications.map { try $0.storedText() }
        var json = Mutations(of: works, telling: "{}[]\":,-019", seed: 27, count: .max)
        let columns = [
            "id", "store", "namespace", "namespace_title", "kind", "state", "exact", "keeps_pre_images", "changes",
            "undone_by", "retry_of", "created_by", "created_at", "started_at", "finished_at", "sequence", "total",
            "succeeded", "failed", "skipped", "missing", "bytes", "requests", "current_key", "error_code",
            "error_detail", "begun",
            "download", "request", "at", "who", "via", "action", "key", "count", "job", "job_kind", "detail", "number",
        ]
        for _ in 0..<Mutations.usualCount {
            var row: [String: (any DatabaseValueConvertible)?] = [:]
            for column in columns { row[column] = value(using: &random) }
            row["work"] = String(decoding: json.next() ?? [], as: UTF8.self)
            let stored = Row(row)
            let job = Job(row: stored, works: JobKinds.all)
            let progress = job.progress
            #expect(
                progress.processed >= 0 && progress.processed == progress.succeeded + progress.failed + progress.skipped
            )
            let percentage = progress.percentage(in: job.state)
            #expect(percentage.map { (0...100).contains($0) } ?? true)
            #expect(job.failuresRecorded <= Job.maximumFailures)
            #expect(AuditRecord(row: stored).count >= 0)
        }
    }

    private func value(using random: inout Seeded) -> (any DatabaseValueConvertible)? {
        switch random.next() % 8 {
        case 0: nil
        case 1: [Int64.min, -1, 0, 1, .max][Int(random.next() % 5)]
        case 2: Double(bitPattern: random.next())
        case 3: Data((0..<random.next() % 9).map { _ in UInt8.random(in: 0...255, using: &random) })
        case 4: ["queued", "running", "completed", "", "\u{0}", "{\"name\":1}"][Int(random.next() % 6)]
        default: Int64(truncatingIfNeeded: random.next() >> (random.next() % 64))
        }
    }
}
