import Foundation
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import KVJobs

@Suite("Jobs on an engine without metadata and expirations")
struct CapabilityJobTests {
    /// Every third entry of the source has metadata, every fifth an expiration.
    private static let keys = 30
    private static let plain = (0..<keys).filter { !$0.isMultiple(of: 3) && !$0.isMultiple(of: 5) }.count

    private struct Setup {
        let test: JobsUnderTest
        let source: NamespaceID
        let target: JobTarget

        init() async throws {
            test = try await JobsUnderTest()
            source = try await test.namespace("source", keys: CapabilityJobTests.keys)
            let target = try await test.memory.createNamespace(titled: "target").id
            self.target = JobTarget(store: "memory", namespace: target.text)
        }

        /// The entries of the target, by key.
        func written() async throws -> [Entry] {
            let query = KeyQuery(limit: 1_000)
            return try await test.memory.entries(in: NamespaceID(target.namespace), query, bytes: .max).items
        }

        func expectFailures(of job: Job, _ count: Int) async throws {
            #expect(job.state == .incomplete)
            #expect((job.progress.failed, job.progress.processed) == (count, CapabilityJobTests.keys))
            let failures = try await test.jobs.failures(of: job.id, from: nil, limit: 100).items
            #expect(failures.count == count)
            #expect(failures.allSatisfy { $0.error.code == .notSupported })
        }
    }

    @Test(
        "a copy fails for each entry with metadata or an expiration, and writes the others",
        arguments: Collision.allCases)
    func copying(collision: Collision) async throws {
        let setup = try await Setup()
        try await setup.test.whileRunning {
            let copy = CopyJob(.all, target: setup.target, collision: collision)
            let job = try await setup.test.finished(setup.test.start(copy, on: setup.source).id)
            try await setup.expectFailures(of: job, Self.keys - Self.plain)
            let plain = try await setup.test.entries(in: setup.source).filter {
                $0.metadata == nil && $0.expiration == nil
            }
            #expect(try await setup.written() == plain)

            let undone = try await setup.test.jobs.undo(job.id, isForced: false, createdBy: "test", idempotencyKey: nil)
            #expect(try await setup.test.finished(undone.id).state == .completed)
            #expect(try await setup.written().isEmpty)
        }
    }

    @Test("a move leaves the entries that fail in the source")
    func moving() async throws {
        let setup = try await Setup()
        try await setup.test.whileRunning {
            let move = MoveJob(.all, target: setup.target, collision: .overwrite)
            let job = try await setup.test.finished(setup.test.start(move, on: setup.source).id)
            try await setup.expectFailures(of: job, Self.keys - Self.plain)
            #expect(try await setup.written().count == Self.plain)
            let left = try await setup.test.entries(in: setup.source)
            #expect(left.count == Self.keys - Self.plain)
            #expect(left.allSatisfy { $0.metadata != nil || $0.expiration != nil })
        }
    }

    @Test("an import fails for each record with metadata or an expiration")
    func importing() async throws {
        let setup = try await Setup()
        let records = [
            #"{"key":"a","value":"1"}"#, #"{"key":"b","value":"2","metadata":{"x":1}}"#,
            #"{"key":"c","value":"3","expiration":4102444800}"#,
        ]
        let path = try setup.test.upload(records.joined(separator: "\n"))
        try await setup.test.whileRunning {
            let draft = Jobs.Draft(
                store: "memory", namespace: NamespaceID(setup.target.namespace),
                work: .importing(format: nil, collision: .overwrite), createdBy: "test", idempotencyKey: nil)
            let job = try await setup.test.finished(setup.test.jobs.createImport(draft, upload: path).id)
            #expect(job.state == .incomplete)
            let failures = try await setup.test.jobs.failures(of: job.id, from: nil, limit: 10).items
            #expect(failures.map(\.key) == ["b", "c"])
            #expect(failures.allSatisfy { $0.error.code == .notSupported })
            #expect(try await setup.written().map(\.key.name) == ["a"])
        }
    }

    @Test("a job that sets an expiration fails for each key")
    func expiring() async throws {
        let setup = try await Setup()
        let namespace = NamespaceID(setup.target.namespace)
        let entries = try (0..<3).map { Entry(key: try Key("\($0)"), value: [1]) }
        _ = try await setup.test.memory.write(entries, in: namespace, when: .always)
        try await setup.test.whileRunning {
            let draft = Jobs.Draft(
                store: "memory", namespace: namespace, work: .expire(.all, at: 4_102_444_800), createdBy: "test",
                idempotencyKey: nil)
            let job = try await setup.test.finished(setup.test.jobs.create(draft).id)
            #expect((job.state, job.progress.failed) == (.incomplete, 3))
            let failures = try await setup.test.jobs.failures(of: job.id, from: nil, limit: 10).items
            #expect(failures.allSatisfy { $0.error.code == .notSupported })
            #expect(try await setup.written() == entries)
        }
    }

    @Test("everything else works as on any engine: copying back, renaming, exporting, deleting")
    func copyingBack() async throws {
        let setup = try await Setup()
        let namespace = NamespaceID(setup.target.namespace)
        let entries = try (0..<250).map { Entry(key: try Key("key:\(1_000 + $0)"), value: Array("\($0)".utf8)) }
        _ = try await setup.test.memory.write(entries, in: namespace, when: .always)
        let target = try await setup.test.namespace("back")
        try await setup.test.whileRunning {
            let works: [any JobKind] = [
                CopyJob(.all, target: JobTarget(store: "local", namespace: target.text), collision: .overwrite),
                ExportJob(.all, ExportForm()),
                RenameJob(.prefix("key:"), from: "key:", to: "new:", collision: .overwrite),
                DeleteJob(.prefix("new:10")),
            ]
            for work in works {
                let draft = Jobs.Draft(
                    store: "memory", namespace: namespace, work: work, createdBy: "test", idempotencyKey: nil)
                let job = try await setup.test.finished(setup.test.jobs.create(draft).id)
                #expect(job.state == .completed, "\(work)")
            }
            #expect(try await setup.test.entries(in: target) == entries)
            #expect(try await setup.written().map(\.key.name) == (100..<250).map { "new:\(1_000 + $0)" })
        }
    }
}
