import GRDB
import KVLedger
import KVModel
import KVTransfer
import Logging
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
        let ledger = workspace.resources.annotations
        return try await ledger.annotations(of: [Key(name)], in: location.id, of: location.store)[Key(name)]?.tags
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

    @Test("reports an annotation that cannot be restored after a failed write, without the key")
    func unrestoredAnnotation() async throws {
        let test = try await JobsUnderTest()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        let recorded = RecordedLines()
        let failing = test.workspace(
            stores: ["local": FailingEngine(engine: test.engine)],
            logger: Logger(label: "test") { _ in RecordingLog(lines: recorded) })
        try await test.ledger.database.write { db in
            try db.execute(
                sql: "CREATE TRIGGER refuse BEFORE DELETE ON annotation BEGIN SELECT RAISE(ABORT, 'refused'); END")
        }
        let error = await #expect(throws: KVError.self) {
            try await failing.write(entry("private"), tagged, in: location, when: .always)
        }
        #expect(error?.code == .storeUnavailable)
        let lines = recorded.all.withLock { $0 }
        #expect(lines.count == 1 && lines[0].contains("could not be restored") && lines[0].contains(location.id.text))
        #expect(!lines.joined().contains("private"))
    }

    @Test("leaves the annotation of an entry that is not written")
    func unwrittenEntry() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let location = NamespaceLocation(store: "local", id: try await test.namespace("t"))
        _ = try await workspace.write(entry("a"), AnnotationChange(tags: ["old"]), in: location, when: .always)
        let failing = test.workspace(stores: ["local": FailingEngine(engine: test.engine)])
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
        #expect(try await workspace.entry(Key("a"), in: location).annotation == Annotation(tags: ["new"]))
    }

    @Test("keeps nothing of a namespace that does not exist")
    func noNamespace() async throws {
        let test = try await JobsUnderTest()
        let location = NamespaceLocation(store: "local", id: NamespaceID("none"))
        for _ in 0..<2 {
            let error = await #expect(throws: KVError.self) {
                try await test.workspace().write(entry("a"), tagged, in: location, when: .always)
            }
            #expect(error?.code == .namespaceNotFound)
            #expect(!test.ledger.hasAnnotations(in: location.id, of: "local"))
        }
    }

    // MARK: Stores

    @Test("asks all engines at the same time whether they answer", .timeLimit(.minutes(1)))
    func reachability() async throws {
        let test = try await JobsUnderTest()
        let (a, b) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        // Each waits until the other one has been asked.
        let answering = FailingEngine(engine: test.memory) {
            a.continuation.finish()
            for await _ in b.stream {}
        }
        let failing = FailingEngine(engine: test.memory) {
            b.continuation.finish()
            for await _ in a.stream {}
            throw KVError(.storeUnavailable, "The store fails.")
        }
        let stores = try await test.workspace(stores: ["a": answering, "b": failing]).storesWithReachability()
        #expect(stores.map(\.store.name) == ["a", "b"])
        #expect(stores.map(\.isReachable) == [true, false])
    }

    // MARK: Permissions

    @Test("refuses everything to a caller without permissions, before anything else")
    func stranger() async throws {
        let test = try await JobsUnderTest()
        let stranger = test.workspace(of: .test("stranger", []))
        let location = NamespaceLocation(store: "none", id: NamespaceID("none"))
        let (key, job) = (try Key("k"), JobID("none"))
        let draft = Jobs.Draft(
            store: location.store, namespace: location.id, work: DeleteJob(.all), idempotencyKey: nil)
        let query = KeyQuery(limit: 1)
        let none: FileReceiver = { _, _ in Issue.record("A file was received") }
        let methods: [String: () async throws -> Any] = [
            "stores": { try stranger.stores() },
            "reachable stores": { try await stranger.storesWithReachability() },
            "store": { try stranger.store(named: "none") },
            "figures": { try stranger.figures(for: .readMetrics) },
            "namespaces": { try await stranger.namespaces(of: "none", matching: "", from: nil, limit: 1) },
            "namespace": { try await stranger.namespace(location) },
            "create a namespace": { try await stranger.createNamespace(titled: "t", in: "none") },
            "rename": { try await stranger.update(location, NamespaceChange(title: "t")) },
            "delete a namespace": { try await stranger.delete(location) },
            "keys": { try await stranger.keys(in: location, query) },
            "annotated keys": { try await stranger.keys(in: location, query, delimiter: [], counts: true) },
            "value": { try await stranger.value(of: key, in: location) },
            "entry": { try await stranger.entry(key, in: location) },
            "read": { try await stranger.read([key], in: location, bytes: 1) },
            "check": { try await stranger.checkWritable(location, for: .write) },
            "write": { try await stranger.write(entry("k"), in: location, when: .always) },
            "write a value": {
                try await stranger.writeValue(pieces("v"), of: KeyInfo(key: key), in: location, when: .always)
            },
            "delete a key": { try await stranger.delete(key, in: location) },
            "write in bulk": { try await stranger.writing(in: location) { _ in } },
            "delete in bulk": { try await stranger.deleting(in: location) { _ in } },
            "create a job": { try await stranger.create(draft) },
            "plan": { try await stranger.plan(draft) },
            "import": {
                try await stranger.importFile(
                    FileImport(format: nil, collision: .skip), into: location, receivedBy: none)
            },
            "retry": { try await stranger.retry(job, idempotencyKey: nil) },
            "undo": { try await stranger.undo(job, isForced: false, idempotencyKey: nil) },
            "jobs": { try await stranger.jobs(JobFilter()) },
            "job": { try await stranger.job(job) },
            "wait for a job": { try await stranger.job(job, after: 0, waiting: 1) },
            "progress": { try await stranger.withProgress(of: job) { _ in } },
            "events": { try await stranger.events(of: job) },
            "failures": { try await stranger.failures(of: job, from: nil, limit: 1) },
            "download": { try await stranger.download(of: job) },
            "control": { try await stranger.perform(.pause, on: job) },
            "delete a job": { try await stranger.delete(job) },
            "key lists": { try stranger.keyLists() },
            "create a key list": { try await stranger.createKeyList(.auto, receivedBy: none) },
            "backups": { try await stranger.backups() },
            "backup": { try await stranger.backup("none", waiting: 1) },
            "create a backup": { try await stranger.createBackup() },
            "check a backup": { try await stranger.checkBackup("none") },
            "audit": { try await stranger.audit(AuditFilter()) },
        ]
        for (name, method) in methods {
            let error = await #expect(throws: KVError.self, "\(name)") { _ = try await method() }
            #expect(error?.code == .forbidden, "\(name)")
        }
    }

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
        let stranger = test.workspace(of: .test("other", editor))
        let foreign = [
            await #expect(throws: KVError.self) { try await stranger.retry(job.id, idempotencyKey: nil) },
            await #expect(throws: KVError.self) {
                try await stranger.undo(job.id, isForced: false, idempotencyKey: nil)
            },
        ]
        for error in foreign { #expect(error?.detail.contains("control_all_jobs") == true) }
        let own = test.workspace(of: .test("test", editor))
        #expect(try await own.undo(job.id, isForced: false, idempotencyKey: nil).undoOf == job.id)
    }

    @Test("refuses a job and its plan to a caller who may change the keys but not run jobs")
    func jobsWithoutPermission() async throws {
        let test = try await JobsUnderTest()
        let writer = test.workspace(of: .test("writer", [.read, .write, .delete]))
        let draft = Jobs.Draft(
            store: "local", namespace: try await test.namespace("t", keys: 1), work: DeleteJob(.all),
            idempotencyKey: nil)
        let errors = [
            await #expect(throws: KVError.self) { _ = try await writer.create(draft) },
            await #expect(throws: KVError.self) { _ = try await writer.plan(draft) },
        ]
        for error in errors { #expect(error?.detail.contains("run_jobs") == true) }
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

private final class RecordedLines: Sendable {
    let all = Mutex<[String]>([])
}

private struct RecordingLog: LogHandler {
    let lines: RecordedLines
    var logLevel = Logger.Level.error
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") } }
}

/// An engine that reads, and fails when it has received what it is to write.
private struct FailingEngine: EngineLayer {
    var engine: any KeyValueEngine

    private let failure = KVError(.storeUnavailable, "The store fails.")

    private let reach: @Sendable () async throws -> Void

    /// - Parameter reach: Called when the engine is asked whether it answers.
    init(engine: any KeyValueEngine, reach: @escaping @Sendable () async throws -> Void = {}) {
        self.engine = engine
        self.reach = reach
    }

    func checkReachable() async throws { try await reach() }

    func namespaces(matching query: String, from cursor: PageCursor?, limit: Int) async throws -> Page<Namespace> {
        try await engine.namespaces(matching: query, from: cursor, limit: limit)
    }

    func namespace(_ id: NamespaceID) async throws -> Namespace { try await engine.namespace(id) }
    func createNamespace(titled title: String) async throws -> Namespace { throw failure }
    func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace { throw failure }
    func deleteNamespace(_ id: NamespaceID) async throws { throw failure }

    func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] { throw failure }

    func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] { throw failure }

    func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] { throw failure }

    func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        for try await _ in body {}
        throw failure
    }
}
