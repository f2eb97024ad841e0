import Foundation
import KVLedger
import KVModel
import Logging
import SQLiteEngine
import ServiceLifecycle
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

extension RequestOrigin {
    /// A request of a test.
    static let test = RequestOrigin(user: "test", via: .api)
}

extension SQLiteLedger {
    /// Stores a job as it is, whatever it was.
    func put(_ job: Job, failures: [JobFailure] = []) async throws {
        try await write { [self] db in
            if try find(job.id, in: db) == nil {
                try SQLiteLedger.insert(job, remark: "", idempotencyKey: nil, in: db)
            }
            _ = try SQLiteLedger.update(job, isTransition: true, in: db)
            try SQLiteLedger.append(failures, to: job.id, in: db)
            if let end = AuditRecord(job, after: .running, by: nil, at: 0) { try SQLiteLedger.appendAudit(end, in: db) }
        }
    }
}

/// The jobs of a program with an embedded store, `local`, and a basic one, `memory`, in a folder of their own.
final class JobsUnderTest: Sendable {
    let engine: SQLiteEngine
    let memory = MemoryEngine()
    /// The store as jobs see it.
    let unruly: UnrulyEngine
    let stores: Stores
    let jobs: Jobs
    let ledger: SQLiteLedger
    let folder: String

    /// - Parameters:
    ///   - folder: of a program that has ended before; nil: a new one.
    ///   - engine: the store that it had.
    ///   - batch: keys in a batch; nil: as the store has it.
    init(folder: String? = nil, engine: SQLiteEngine? = nil, batch: Int? = nil) async throws {
        let path = folder ?? FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString)").path
        self.folder = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        self.engine = try engine ?? SQLiteEngine(path: "\(path)/store.sqlite", clock: .system)
        unruly = UnrulyEngine(self.engine, batch: batch ?? self.engine.traits.batches.write)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        ledger = try SQLiteLedger(path: "\(path)/ledger.sqlite", works: JobKinds.all)
        let annotations = ledger
        stores = Stores([
            Store(
                name: "local", label: "local", engineName: "sqlite", engine: batch == nil ? self.engine : unruly),
            Store(name: "memory", label: "memory", engineName: "memory", engine: memory),
        ])
        jobs = Jobs(
            stores: stores, kinds: .all, ledger: ledger, annotations: annotations,
            files: try JobFiles(folder: "\(path)/files"),
            logger: logger, clock: .system)
        try await jobs.prepare()
    }

    /// Runs the jobs for as long as `body` needs.
    func whileRunning<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        let jobs = jobs
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let shutdown = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                try await testGracefulShutdownOf(jobs, when: shutdown.stream)
            }
            do {
                let result = try await body()
                shutdown.continuation.finish()
                try await group.waitForAll()
                return result
            } catch {
                shutdown.continuation.finish()
                throw error
            }
        }
    }

    func namespace(_ title: String, keys: Int = 0) async throws -> NamespaceID {
        let id = try await engine.createNamespace(titled: title).id
        let entries = try (0..<keys).map { number in
            Entry(
                key: try Key("key:\(1_000_000 + number)"), value: Array("value \(number)".utf8),
                metadata: number.isMultiple(of: 3) ? try Metadata(json: Array("{\"n\": \(number)}".utf8)) : nil,
                expiration: number.isMultiple(of: 5) ? Expiration(stored: 4_102_444_800) : nil)
        }
        if !entries.isEmpty { _ = try await engine.write(entries, in: id, when: .always) }
        return id
    }

    func start(_ work: some JobKind, on namespace: NamespaceID, idempotencyKey: String? = nil) async throws -> Job {
        try await jobs.create(
            Jobs.Draft(
                store: "local", namespace: namespace, work: work, createdBy: "test",
                idempotencyKey: idempotencyKey.map { IdempotencyKey($0) }))
    }

    /// All snapshots that a watcher sees, to the last one.
    func watch(_ id: JobID) async throws -> [Job] {
        try await jobs.withProgress(of: id) { snapshots in
            var seen: [Job] = []
            for await job in snapshots { seen.append(job) }
            return seen
        }
    }

    func finished(_ id: JobID) async throws -> Job {
        let last = try await watch(id).last
        return try #require(last)
    }

    func entries(in namespace: NamespaceID) async throws -> [Entry] {
        try await engine.entries(in: namespace, KeyQuery(limit: 1_000_000), bytes: .max).items
    }

    /// A namespace to apply steps to.
    func jobNamespace(_ namespace: NamespaceID, in context: WorkContext = .users) throws -> JobNamespace {
        let journal = try Journal(
            path: "\(folder)/journal-\(UUID().uuidString)", checkpoint: nil, keepsPreImages: true, freeBytes: { .max })
        return JobNamespace(
            engine: engine.working(in: context), store: "local", id: namespace, side: .own, journal: journal,
            annotationStore: jobs.annotations)
    }

    func select(_ names: [String]) throws -> JobSelection {
        let number = try jobs.keyLists.newKeyList(now: jobs.clock.now)
        try jobs.keyLists.add(try names.map { try Key($0) }, toKeyList: number)
        return .keys(selection: number)
    }

    func upload(_ text: String) throws -> String {
        let path = jobs.files.temporary()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

private func testGracefulShutdownOf(_ jobs: Jobs, when shutdown: AsyncStream<Void>) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [jobs], logger: Logger(label: "test")))
        group.addTask { try await services.run() }
        for await _ in shutdown {}
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
}
