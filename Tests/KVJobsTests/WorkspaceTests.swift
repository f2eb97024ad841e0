import GRDB
import KVLedger
import KVModel
import Synchronization
import TestSupport
import Testing

@testable import KVJobs
@testable import KVWorkspace
@testable import SQLiteLedger

@Suite("A workspace")
struct WorkspaceTests {
    private let tagged = AnnotationChange(tags: ["new"])

    private func entry(_ name: String, _ value: String = "v") throws -> Entry {
        Entry(key: try Key(name), value: Array(value.utf8))
    }

    private func pieces(_ text: String) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { stream in
            stream.yield(Array(text.utf8))
            stream.finish()
        }
    }

    private func tags(_ name: String, _ location: NamespaceLocation, _ workspace: Workspace) async throws -> [String]? {
        try await workspace.annotations(of: [Key(name)], in: location)[Key(name)]?.tags
    }

    // MARK: Entries with annotations

    @Test("writes an entry with its annotation, whole or in pieces")
    func annotatedWrite() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        _ = try await workspace.write(entry("a"), tagged, in: location, when: .always)
        _ = try await workspace.writeValue(
            pieces("v"), of: KeyInfo(key: try Key("b")), tagged, in: location, when: .absent)
        for name in ["a", "b"] { #expect(try await tags(name, location, workspace) == ["new"]) }
        #expect(try await test.entries(in: location.id).map(\.key.name) == ["a", "b"])
    }

    @Test("writes no entry whose annotation cannot be stored")
    func unstoredAnnotation() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        _ = try await workspace.write(entry("a", "before"), in: location, when: .always)
        try await test.ledger.database.write { db in
            try db.execute(
                sql: "CREATE TRIGGER refuse BEFORE INSERT ON annotation BEGIN SELECT RAISE(ABORT, 'refused'); END")
        }
        for name in ["a", "b"] {
            await #expect(throws: KVError.self) {
                try await workspace.write(entry(name), tagged, in: location, when: .always)
            }
            await #expect(throws: KVError.self) {
                try await workspace.writeValue(
                    pieces("v"), of: KeyInfo(key: try Key(name)), tagged, in: location, when: .always)
            }
        }
        #expect(try await test.entries(in: location.id) == [entry("a", "before")])
    }

    @Test("leaves the annotation of an entry that is not written")
    func unwrittenEntry() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        _ = try await workspace.write(entry("a"), AnnotationChange(tags: ["old"]), in: location, when: .always)
        let failing = test.workspace(store: FailingEngine(engine: test.engine))
        #expect(try await workspace.write(entry("a"), tagged, in: location, when: .absent) == .unmet)
        #expect(try await workspace.write(entry("b"), tagged, in: location, when: .matches(nil)) == .unmet)
        for name in ["a", "b"] {
            await #expect(throws: KVError.self) {
                try await failing.write(entry(name), tagged, in: location, when: .always)
            }
            await #expect(throws: KVError.self) {
                try await failing.writeValue(
                    pieces("v"), of: KeyInfo(key: try Key(name)), tagged, in: location, when: .always)
            }
        }
        #expect(try await tags("a", location, workspace) == ["old"])
        #expect(try await tags("b", location, workspace) == nil)
    }

    @Test("gives a new key nothing of the annotation of one that has gone")
    func predecessor() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        let color = AnnotationChange(color: .some(.red))
        _ = try await workspace.write(entry("a"), color, in: location, when: .always)
        // As another program deletes it.
        _ = try await test.engine.delete([Key("a")], in: location.id)
        _ = try await workspace.write(entry("a"), tagged, in: location, when: .always)
        let annotation = try await workspace.annotations(of: [Key("a")], in: location)[Key("a")]
        #expect(annotation == Annotation(tags: ["new"]))
    }

    // MARK: Permissions

    @Test("refuses a retry and an undo to callers without the permissions of the job that they repeat")
    func repeatedJobs() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.namespace("t", keys: 3)
        let job = try await test.whileRunning {
            let job = try await test.start(DeleteJob(.all), on: id)
            return try await test.finished(job.id)
        }
        let runner = test.workspace(of: .test("test", [.runJobs, .readJobs, .write]))
        let retry = await #expect(throws: KVError.self) { try await runner.retry(job.id, idempotencyKey: nil) }
        let undo = await #expect(throws: KVError.self) {
            try await runner.undo(job.id, isForced: false, idempotencyKey: nil)
        }
        for error in [retry, undo] {
            #expect(error?.code == .forbidden)
            #expect(error?.detail.contains("permission \"delete\" in the namespace") == true)
        }
        let editor: Set<Permission> = [.runJobs, .readJobs, .write, .delete]
        let other = await #expect(throws: KVError.self) {
            try await test.workspace(of: .test("other", editor)).undo(job.id, isForced: false, idempotencyKey: nil)
        }
        #expect(other?.detail.contains("control_all_jobs") == true)
        let own = test.workspace(of: .test("test", editor))
        #expect(try await own.undo(job.id, isForced: false, idempotencyKey: nil).undoOf == job.id)
    }

    @Test("lets a caller control its own jobs, and those of others with a permission of its own")
    func control() async throws {
        let test = try await JobsUnderTest()
        let job = try await test.start(DeleteJob(.all), on: test.namespace("t", keys: 1))
        let other = test.workspace(of: .test("other", [.controlJobs]))
        let error = await #expect(throws: KVError.self) { try await other.perform(.cancel, on: job.id) }
        #expect(error?.detail.contains("control_all_jobs") == true)
        let own = test.workspace(of: .test("test", [.controlJobs]))
        #expect(try await own.perform(.cancel, on: job.id).state == .cancelled)
        try await test.workspace(of: .test("operator", [.controlJobs, .controlAllJobs])).delete(job.id)
    }

    @Test("drops the keys that were named for a job that the caller may not create")
    func refusedJob() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.namespace("t", keys: 1)
        let selection = try test.select(["key:1000000"])
        let reader = test.workspace(of: .test("reader", [.runJobs, .read]))
        let draft = Jobs.Draft(store: "local", namespace: id, work: DeleteJob(selection), idempotencyKey: nil)
        await #expect(throws: KVError.self) { try await reader.create(draft) }
        let number = try #require(selection.keyList)
        #expect(throws: KVError.self) { try test.ledger.requireKeyList(number) }
    }
}

/// An engine that reads, and fails when it has received what it is to write.
private struct FailingEngine: EngineLayer {
    var engine: any KeyValueEngine

    private let failure = KVError(.storeUnavailable, "The store fails.")

    init(engine: any KeyValueEngine) { self.engine = engine }

    func namespaces(matching query: String, from cursor: PageCursor?, limit: Int) async throws -> Page<Namespace> {
        try await engine.namespaces(matching: query, from: cursor, limit: limit)
    }

    func namespace(_ id: NamespaceID) async throws -> Namespace { try await engine.namespace(id) }
    func createNamespace(titled title: String) async throws -> Namespace { throw failure }
    func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace { throw failure }
    func deleteNamespace(_ id: NamespaceID) async throws { throw failure }

    func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] { throw failure }

    func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] { throw failure }

    func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] { throw failure }

    func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        for try await _ in body {}
        throw failure
    }
}
