import Foundation
import GRDB
import KVLedger
import KVModel
import SQLiteEngine
import Synchronization
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// Jobs whose clients pause, resume, cancel, retry, undo and delete them at random moments, while the program is started
/// again and again and its ledger now and then cannot be written.
///
/// `KV_MANAGER_MODEL_SEED` runs one seed by itself, `KV_MANAGER_MODEL_RUNS` says how many there are.
@Suite("Jobs under random requests")
struct JobRandomRequestTests {
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["KV_MANAGER_MODEL_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return (0..<(environment["KV_MANAGER_MODEL_RUNS"].flatMap { UInt64($0) } ?? 16)).map { $0 + 1 }
    }

    @Test("each job ends once, everywhere in the same way, and as was answered", arguments: seeds)
    func requests(seed: UInt64) async throws {
        var run = try await RandomRequests(seed: seed)
        for _ in 0..<3 { try await run.live() }
        try await run.finish()
        try await run.check()
        run.cleanUp()
    }
}

/// What clients have asked for and seen. A client's requests have names of their own, which the audit log has too.
private final class Record: Sendable {
    enum Verb: CaseIterable { case pause, resume, cancel, delete, undo, retry, look }

    enum Answer: Equatable {
        case done(JobState?)
        case refused(KVError.Code)
        /// An error of the ledger, say: it may have happened or not.
        case unknown
    }

    struct Request {
        var job: JobID
        var verb: Verb
        var user: String
        var answer: Answer
    }

    private struct State {
        var jobs: [JobID] = []
        var requests: [Request] = []
        var snapshots: [[Job]] = []
        var users = 0
    }

    private let state = Mutex(State())

    var jobs: [JobID] { state.withLock { $0.jobs } }
    var snapshots: [[Job]] { state.withLock { $0.snapshots } }

    func add(_ job: JobID) { state.withLock { $0.jobs.append(job) } }
    func add(_ seen: [Job]) { state.withLock { $0.snapshots.append(seen) } }
    func add(_ request: Request) { state.withLock { $0.requests.append(request) } }

    func newUser() -> String {
        state.withLock { state in
            state.users += 1
            return "user \(state.users)"
        }
    }

    func requests(_ verb: Verb, of job: JobID) -> [Request] {
        state.withLock { $0.requests.filter { $0.job == job && $0.verb == verb } }
    }
}

private struct RandomRequests {
    private static let keys = 8
    private static let jobsAtMost = 14

    private let seed: UInt64
    private var random: Seeded
    private let batch: Int
    private var test: JobsUnderTest
    private let source: NamespaceID
    private let target: NamespaceID
    private let record = Record()

    init(seed: UInt64) async throws {
        self.seed = seed
        random = Seeded(seed: seed)
        batch = Int.random(in: 1...4, using: &random)
        test = try await JobsUnderTest(batch: batch)
        source = try await test.namespace("source")
        target = try await test.namespace("target")
    }

    func cleanUp() {
        try? FileManager.default.removeItem(atPath: test.folder)
    }

    private var why: Comment { "seed \(seed)" }

    // MARK: Living

    /// One run of the program: it ends when its clients are done, whatever its jobs are at.
    mutating func live() async throws {
        test = try await JobsUnderTest(folder: test.folder, engine: test.engine, batch: batch)
        let clients = (0..<4).map { _ in Seeded(seed: random.next()) }
        let mischief = Double.random(in: 0..<1, using: &random)
        if mischief < 0.3 {
            test.unruly.plan(
                .init(
                    request: Int.random(in: 0...12, using: &random),
                    moment: UnrulyEngine.Moment.allCases.randomElement(using: &random) ?? .after, happens: { true }))
        }
        let isReadOnlyAtTimes = mischief > 0.7
        try await test.whileRunning { [self] in
            try await withThrowingTaskGroup(of: Void.self) { watchers in
                for job in record.jobs { watchers.addTask { await watch(job) } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in clients { group.addTask { try await ask(client) } }
                    if isReadOnlyAtTimes { group.addTask { try await refuseWrites() } }
                    try await group.waitForAll()
                }
                watchers.cancelAll()
            }
        }
        test.unruly.plan(nil)
    }

    private func watch(_ id: JobID) async {
        let seen = try? await test.jobs.withProgress(of: id) { snapshots in
            var seen: [Job] = []
            for await job in snapshots { seen.append(job) }
            return seen
        }
        if let seen { record.add(seen) }
    }

    private func refuseWrites() async throws {
        let database = test.ledger.database
        try await database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 1") }
        for _ in 0..<50 { await Task.yield() }
        try await database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 0") }
    }

    // MARK: Clients

    private func ask(_ client: Seeded) async throws {
        var random = client
        var seen: [JobID: JobState] = [:]
        for _ in 0..<8 {
            for _ in 0..<Int.random(in: 0...60, using: &random) { await Task.yield() }
            let jobs = record.jobs
            guard let id = jobs.randomElement(using: &random),
                jobs.count >= Self.jobsAtMost || Int.random(in: 0..<4, using: &random) > 0
            else {
                if let job = try? await create(using: &random) { record.add(job.id) }
                continue
            }
            let verb = Record.Verb.allCases.randomElement(using: &random) ?? .look
            let user = record.newUser()
            let answer = await answer(to: verb, of: id, by: RequestOrigin(user: user, via: .api), &seen)
            record.add(.init(job: id, verb: verb, user: user, answer: answer))
        }
    }

    private func create(using random: inout Seeded) async throws -> Job {
        let prefix = "\(record.newUser()):"
        let entries = try (0..<Self.keys).map { Entry(key: try Key("\(prefix)\($0)"), value: [1]) }
        _ = try await test.engine.write(entries, in: source, when: .always)
        let place = JobTarget(store: "local", namespace: target.text)
        let works: [any JobKind] = [
            DeleteJob(.prefix(prefix)), DeleteJob(.prefix(prefix)), ExportJob(.prefix(prefix), ExportForm()),
            CopyJob(try test.select(["\(prefix)0", "\(prefix)missing"]), target: place, collision: .overwrite),
            MoveJob(.prefix(prefix), target: place, collision: .overwrite), TagJob(.prefix(prefix), .replace(["a"])),
        ]
        let work = works[Int(random.next() % UInt64(works.count))]
        return try await test.start(work, on: source)
    }

    private func answer(
        to verb: Record.Verb, of id: JobID, by origin: RequestOrigin, _ seen: inout [JobID: JobState]
    ) async -> Record.Answer {
        do {
            switch verb {
            case .pause: return .done(try await test.jobs.pause(id, by: origin).state)
            case .resume: return .done(try await test.jobs.resume(id, by: origin).state)
            case .cancel: return .done(try await test.jobs.cancel(id, by: origin).state)
            case .delete:
                try await test.jobs.delete(id, by: origin)
                return .done(nil)
            case .undo:
                let undo = try await test.jobs.undo(
                    id, isForced: false, createdBy: origin.user, idempotencyKey: nil)
                record.add(undo.id)
                return .done(nil)
            case .retry:
                let retry = try await test.jobs.retry(id, createdBy: origin.user, idempotencyKey: nil)
                record.add(retry.id)
                return .done(nil)
            case .look:
                let state = try await test.jobs.job(id).state
                if let before = seen[id], before.isFinal { #expect(state == before, why) }
                seen[id] = state
                return .done(state)
            }
        } catch let error as KVError where error.code == .invalidTransition || error.code == .jobNotFound {
            return .refused(error.code)
        } catch {
            return .unknown
        }
    }

    // MARK: The end

    /// Resumes what is paused, until all jobs have ended.
    mutating func finish() async throws {
        test = try await JobsUnderTest(folder: test.folder, engine: test.engine, batch: batch)
        try await test.whileRunning { [self] in
            for id in record.jobs {
                guard let job = try? await test.ledger.job(id), !job.state.isFinal else { continue }
                let seen = try await test.jobs.withProgress(of: id) { snapshots in
                    await snapshots.first { $0.state == .paused || $0.state.isFinal }
                }
                guard seen?.state == .paused else { continue }
                let user = record.newUser()
                let resumed = try await test.jobs.resume(id, by: RequestOrigin(user: user, via: .api))
                record.add(.init(job: id, verb: .resume, user: user, answer: .done(resumed.state)))
                _ = try await test.finished(id)
            }
        }
    }

    func check() async throws {
        for id in record.jobs { try await check(id) }
        for seen in record.snapshots {
            for (before, after) in zip(seen, seen.dropFirst()) {
                #expect(before.progress.sequence < after.progress.sequence, why)
                #expect(!before.state.isFinal, why)
            }
            guard let last = seen.last, last.state.isFinal,
                let stored = try? await test.ledger.job(last.id)
            else { continue }
            #expect(stored.state == last.state, why)
        }
    }

    private func check(_ id: JobID) async throws {
        var filter = AuditFilter()
        filter.job = id.text
        let audit = try await test.ledger.audit(filter).items
        func users(_ action: AuditAction) -> [String] { audit.filter { $0.action == action }.map(\.who) }
        let ends = audit.filter { AuditAction.ends.contains($0.action) }
        #expect(ends.count == 1, why)

        let deletes = record.requests(.delete, of: id)
        guard let job = try? await test.ledger.job(id) else {
            #expect(deletes.contains { $0.answer != .refused(.invalidTransition) }, why)
            #expect(users(.jobDeleted).count == 1, why)
            return
        }
        #expect(!deletes.contains { $0.answer == .done(nil) }, why)
        #expect(ends.map(\.action.rawValue) == ["job_\(job.state.rawValue)"], why)
        let events = try await test.jobs.events(of: id).map(\.kind)
        checkStates(events, job)

        let cancels = record.requests(.cancel, of: id)
        #expect((job.state == .cancelled) == cancels.contains { $0.answer.mayHaveHappened(job) }, "\(why) \(cancels)")
        #expect(Set(users(.jobCancelled)).isSubset(of: cancels.map(\.user)), why)
        let pauses = record.requests(.pause, of: id)
        #expect(Set(users(.jobPaused)).isSubset(of: pauses.map(\.user)), why)
        if pauses.contains(where: { $0.answer.isDone }) {
            #expect(job.state == .cancelled || events.contains(.paused), why)
        }
        let resumes = record.requests(.resume, of: id).filter { $0.answer.isDone }.map(\.user)
        #expect(Set(resumes).isSubset(of: users(.jobResumed)), why)
        #expect(Set(users(.jobResumed)).count == users(.jobResumed).count, why)
        try await checkKeys(job, hasStarted: events.contains(.started))
    }

    /// The job's timeline is a way through its states, with one end.
    private func checkStates(_ events: [JobEvent.Kind], _ job: Job) {
        var state = JobState.queued
        #expect(events.first == .created, why)
        for event in events.dropFirst() {
            #expect(!state.isFinal || event == .notice || event == .throttled, "\(why) \(events)")
            switch event {
            case .started, .resumed:
                #expect(state == (event == .started ? .queued : .paused), "\(why) \(events)")
                state = .running
            case .recovered:
                #expect(state == .running, "\(why) \(events)")
            case .paused:
                #expect(state == .running, "\(why) \(events)")
                state = .paused
            default: state = JobState(rawValue: event.rawValue) ?? state
            }
        }
        #expect(state == job.state, "\(why) \(events)")
    }

    private func checkKeys(_ job: Job, hasStarted: Bool) async throws {
        guard case .prefix(let prefix) = (job.kind as? DeleteJob)?.keys,
            !record.requests(.undo, of: job.id).contains(where: { $0.answer.isDone || $0.answer == .unknown })
        else { return }
        let left = try await test.engine.count(in: source, prefix: Array(prefix.utf8)) ?? -1
        #expect(left <= Self.keys - job.progress.succeeded, why)
        if job.state == .completed { #expect(left == 0, why) }
        if !hasStarted { #expect(left == Self.keys, why) }
    }
}

extension Record.Answer {
    var isDone: Bool { if case .done = self { true } else { false } }

    /// A request without an answer may have happened, if the job looks like it.
    func mayHaveHappened(_ job: Job) -> Bool {
        switch self {
        case .done: true
        case .refused: false
        case .unknown: job.state == .cancelled
        }
    }
}

extension AuditAction {
    fileprivate static let ends: Set<AuditAction> = [.jobCompleted, .jobIncomplete, .jobFailed, .jobCancelled]
}
