import Foundation
import KVModel
import SQLiteEngine
import TestSupport
import Testing

@testable import KVJobs

@Suite("The journal of a job")
struct JournalTests {
    private func path() -> String {
        FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)").path
    }

    private func open(
        _ path: String, at checkpoint: JobCheckpoint? = nil, keepsPreImages: Bool = true, freeBytes: Int = .max
    ) throws -> Journal {
        try Journal(
            path: path, checkpoint: checkpoint, keepsPreImages: keepsPreImages, freeBytes: { freeBytes })
    }

    private static let states = AnnotationStates(
        before: Annotation(tags: ["é"], color: .red, customMetadata: Metadata(stored: Array("{}".utf8))),
        after: Annotation())

    private func changes(_ count: Int, seed: UInt64) throws -> [Change] {
        var random = Seeded(seed: seed)
        return try (0..<count).map { number in
            let entry = try Model.entry("key \(number) é\n\u{0}", using: &random)
            return Change(
                side: number.isMultiple(of: 3) ? .target : .own, key: entry.key,
                before: number.isMultiple(of: 4) ? nil : entry,
                after: number.isMultiple(of: 5) ? nil : ContentMark(entry),
                annotation: number.isMultiple(of: 7) ? Self.states : nil)
        }
    }

    @Test("gives back what was noted, from either end")
    func roundTrip() throws {
        let path = path()
        let journal = try open(path)
        let changes = try changes(300, seed: 1)
        let batch = JournaledBatch(
            keys: changes.map(\.key), missing: [try Key("gone")], position: .cursor("x\u{0}"), skipped: 3)
        let annotation = AnnotationChanged(side: .own, key: changes[0].key, states: Self.states)
        try journal.note(batch)
        for change in changes { try journal.note(change) }
        try journal.note(annotation)
        try journal.seal()
        #expect(journal.count == 301)

        let reader = try #require(try JournalReader(path: path))
        var forwards: [JournalFrame] = []
        var next = 0
        while let (frame, end) = try reader.frame(at: next) {
            forwards.append(frame)
            next = end
        }
        #expect(forwards == [.batch(batch), .annotations([annotation]), .changes(changes), .seal])
        var backwards: [JournalFrame] = []
        var end = reader.bytes
        while let (frame, start) = try reader.frame(endingAt: end) {
            backwards.append(frame)
            end = start
        }
        #expect(backwards == forwards.reversed())
    }

    @Test("after a crash knows what was sealed, and drops what was not", arguments: [1, 5, 13, 40])
    func recovery(cut: Int) throws {
        let path = path()
        let first = try open(path)
        let changes = try changes(20, seed: 2)
        for change in changes.prefix(10) { try first.note(change) }
        try first.seal()
        let sealed = first.bytes
        for change in changes.dropFirst(10) { try first.note(change) }
        try first.seal()
        // The end of the second batch never reached the disk.
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: UInt64(first.bytes - cut))

        let second = try open(path)
        #expect(second.bytes == sealed && second.count == 10)
        for side in Change.Side.allCases {
            #expect(second.pending.seen(on: side) == Set(changes.prefix(10).filter { $0.side == side }.map(\.key)))
        }
        var checkpoint = JobCheckpoint(source: .end)
        (checkpoint.journalBytes, checkpoint.journalChanges) = (sealed, 10)
        #expect(try open(path, at: checkpoint).pending.isEmpty)
    }

    @Test("takes little of the disk for a job that cannot be undone, and still knows the batch that was begun")
    func forgotten() throws {
        let path = path()
        let journal = try open(path, keepsPreImages: false)
        let keys = try (0..<1_000).map { try Key("\(String(repeating: "k", count: 500))\($0)") }
        let batch = JournaledBatch(keys: keys, missing: [], position: nil, skipped: 0)
        for _ in 0..<40 {
            try journal.note(batch)
            try journal.seal()
            journal.settle()
            #expect(try allocatedBytes(of: path) < 3 << 20)
        }
        #expect(journal.bytes > 16 << 20)

        var checkpoint = JobCheckpoint(source: .start)
        checkpoint.journalBytes = journal.bytes
        try journal.note(batch)
        try journal.seal()
        #expect(try open(path, at: checkpoint, keepsPreImages: false).pending.batch == batch)
    }

    @Test("a disk that is nearly full stops the batch before anything is changed")
    func diskFull() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 10)
        let journal = try open(path(), freeBytes: 0)
        let jobNamespace = JobNamespace(
            engine: test.engine, store: "local", id: namespace, side: .own, journal: journal,
            annotationStore: test.jobs.annotations)
        let infos = try await test.engine.keys(in: namespace, KeyQuery(limit: 10)).items
        let error = await #expect(throws: KVError.self) {
            try await Delete(namespace: jobNamespace, isNamed: false).apply(infos)
        }
        #expect(error?.code == .diskFull)
        #expect(try await test.entries(in: namespace).count == 10)
    }

    private func allocatedBytes(of path: String) throws -> Int {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return Int(status.st_blocks) * 512
    }
}
