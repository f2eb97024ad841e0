import Foundation
import GRDB
import KVLedger
import KVModel
import KVTransfer
import Synchronization
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// Requests that change jobs, at the moments at which they could be lost: what was answered is what happens.
@Suite("Requests that change jobs")
struct JobRequestTests {
    private static let ann = RequestOrigin(user: "ann", via: .gateway, request: "request-1")
    private static let bob = RequestOrigin(user: "bob", via: .api, request: "request-2")

    /// The final events of a job.
    private func ends(_ test: JobsUnderTest, _ id: JobID) async throws -> [String] {
        try await test.jobs.events(of: id).map(\.kind.rawValue).filter { JobState(rawValue: $0)?.isFinal ?? false }
    }

    /// The job's records in the audit log, the oldest first.
    private func audit(_ test: JobsUnderTest, _ id: JobID) async throws -> [String] {
        var filter = AuditFilter()
        filter.job = id.text
        return try await test.ledger.audit(filter).items.reversed().map {
            "\($0.who) \($0.via.rawValue) \($0.action.rawValue) \($0.request ?? "-")"
        }
    }

    /// Starts a program again on the folder of one that has ended.
    private func restarted(_ test: JobsUnderTest) async throws -> JobsUnderTest {
        try await JobsUnderTest(folder: test.folder, engine: test.engine, batch: 2)
    }

    // MARK: Between the queue and the work

    @Test("a job that is cancelled after it got its slot, and before it was started, is not run")
    func cancelledBeforeItsStart() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 3)
        let job = try await test.start(.delete(.all), on: namespace)
        #expect(try await test.jobs.cancel(job.id, by: Self.bob).state == .cancelled)
        let other = try await test.start(.delete(.prefix("none")), on: namespace)
        try await test.whileRunning {
            _ = try await test.finished(other.id)
        }
        #expect(try await test.jobs.job(job.id).state == .cancelled)
        #expect(try await ends(test, job.id) == ["cancelled"])
        #expect(try await audit(test, job.id) == ["bob api job_cancelled request-2"])
        #expect(try await test.entries(in: namespace).count == 3)
    }

    @Test("jobs that get their slots while they are cancelled end as was answered")
    func cancelledDuringAdmission() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 900)
        try await test.whileRunning {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<90 {
                    group.addTask {
                        let prefix = "key:10000\(number < 10 ? "0" : "")\(number)"
                        let job = try await test.start(.delete(.prefix(prefix)), on: namespace)
                        let answer = try? await test.jobs.cancel(job.id, by: .test)
                        let ended = try await test.finished(job.id)
                        #expect(answer == nil || ended.state == .cancelled)
                        #expect(answer?.state != .cancelled || ended.progress.processed == 0)
                        #expect(try await ends(test, job.id) == [ended.state.rawValue])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a queued job that is paused is paused when it is started")
    func pausedBeforeItsStart() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 3)
        let job = try await test.start(.delete(.all), on: namespace)
        #expect(try await test.jobs.pause(job.id, by: Self.bob).state == .queued)
        let again = try await restarted(test)
        try await again.whileRunning {
            let seen = try await again.jobs.withProgress(of: job.id) { snapshots in
                await snapshots.first { $0.state == .paused }
            }
            #expect(seen?.progress.processed == 0)
            _ = try await again.jobs.resume(job.id, by: Self.ann)
            #expect(try await again.finished(job.id).state == .completed)
        }
        #expect(
            try await audit(again, job.id) == [
                "bob api job_paused request-2", "ann gateway job_resumed request-1", "test job job_completed -",
            ])
    }

    // MARK: At every moment of every kind

    enum Kind: CaseIterable {
        case delete, copy, move, rename, expire, tag, export, importing, undo
    }

    private func start(_ kind: Kind, on namespace: NamespaceID, _ test: JobsUnderTest) async throws -> Job {
        let target = JobTarget(store: "local", namespace: try await test.namespace("target").text)
        let work: any JobKind =
            switch kind {
            case .delete, .undo: DeleteJob(.all)
            case .copy: CopyJob(.all, target: target, collision: .overwrite)
            case .move: MoveJob(.all, target: target, collision: .overwrite)
            case .rename: RenameJob(.prefix("key:"), from: "key:", to: "new:", collision: .overwrite)
            case .expire: ExpireJob(.all, at: 4_200_000_000)
            case .tag: TagJob(.all, .replace(["a"]))
            case .export: ExportJob(.all, ExportForm())
            case .importing: ImportJob(format: .ndjson, collision: .overwrite)
            }
        switch kind {
        case .importing:
            let lines = (0..<3).map { "{\"key\":\"line \($0)\",\"value\":\"1\"}\n" }.joined()
            return try await test.jobs.createImport(
                Jobs.Draft(
                    store: "local", namespace: namespace, work: work, createdBy: "test", idempotencyKey: nil),
                upload: try test.upload(lines))
        default: return try await test.start(work, on: namespace)
        }
    }

    /// Starts a job whose engine asks something of it at a moment. Returns the answer; nil when the job had no such moment.
    private func start(
        _ kind: Kind, _ test: JobsUnderTest, at request: Int, _ moment: UnrulyEngine.Moment,
        _ ask: @escaping @Sendable (JobID) async throws -> Job
    ) async throws -> (job: Job, answer: Job?) {
        let namespace = try await test.namespace("n", keys: 3)
        let (started, isStarted) = AsyncStream.makeStream(of: JobID.self)
        let answer = Mutex<Job?>(nil)
        let happens: @Sendable () async -> Bool = {
            guard let id = await started.first(where: { _ in true }) else { return false }
            let answered = try? await ask(id)
            answer.withLock { $0 = answered }
            return false
        }
        // The requests of the job that is undone are not counted.
        if kind != .undo { test.unruly.plan(.init(request: request, moment: moment, happens: happens)) }
        let job: Job
        if kind == .undo {
            let done = try await test.start(.delete(.all), on: namespace)
            _ = try await test.finished(done.id)
            test.unruly.plan(.init(request: request, moment: moment, happens: happens))
            job = try await test.jobs.undo(done.id, isForced: false, createdBy: "test", idempotencyKey: nil)
        } else {
            job = try await start(kind, on: namespace, test)
        }
        isStarted.yield(job.id)
        isStarted.finish()
        let seen = try await test.jobs.withProgress(of: job.id) { snapshots in
            await snapshots.first { $0.state == .paused || $0.state.isFinal }
        }
        return (try #require(seen), answer.withLock { $0 })
    }

    @Test("a cancel that is answered ends the job as cancelled, also during its last batch", arguments: Kind.allCases)
    func cancelAtEveryMoment(kind: Kind) async throws {
        var answers = 0
        for request in 0..<4 {
            let test = try await JobsUnderTest(batch: 2)
            answers += try await test.whileRunning {
                let (job, answer) = try await start(kind, test, at: request, request == 0 ? .before : .after) { id in
                    try await test.jobs.cancel(id, by: Self.bob)
                }
                #expect(job.state == (answer == nil ? .completed : .cancelled), "request \(request)")
                #expect(try await ends(test, job.id) == [job.state.rawValue])
                let end = answer == nil ? "test job job_completed -" : "bob api job_cancelled request-2"
                #expect(try await audit(test, job.id) == [end])
                return answer == nil ? 0 : 1
            }
            try FileManager.default.removeItem(atPath: test.folder)
        }
        #expect(answers > 0)
    }

    @Test("a pause that is answered pauses the job, also during its last batch", arguments: Kind.allCases)
    func pauseAtEveryMoment(kind: Kind) async throws {
        var answers = 0
        for request in 0..<4 {
            let test = try await JobsUnderTest(batch: 2)
            answers += try await test.whileRunning {
                let (job, answer) = try await start(kind, test, at: request, .after) { id in
                    try await test.jobs.pause(id, by: Self.ann)
                }
                #expect(job.state == (answer == nil ? .completed : .paused), "request \(request)")
                guard answer != nil else { return 0 }
                _ = try await test.jobs.resume(job.id, by: Self.bob)
                let ended = try await test.finished(job.id)
                #expect(ended.state == .completed)
                #expect(ended.progress.succeeded == 3)
                #expect(
                    try await audit(test, job.id) == [
                        "ann gateway job_paused request-1", "bob api job_resumed request-2", "test job job_completed -",
                    ])
                return 1
            }
            try FileManager.default.removeItem(atPath: test.folder)
        }
        #expect(answers > 0)
    }

    @Test("a cancel takes the place of a pause that has not taken effect, and no pause that of a cancel")
    func superseding() async throws {
        let test = try await JobsUnderTest(batch: 2)
        try await test.whileRunning {
            let (job, answer) = try await start(.delete, test, at: 1, .after) { id in
                _ = try await test.jobs.pause(id, by: Self.ann)
                _ = try await test.jobs.pause(id, by: Self.bob)
                let answer = try await test.jobs.cancel(id, by: Self.bob)
                _ = try await test.jobs.cancel(id, by: Self.ann)
                await #expect(throws: KVError.self) { try await test.jobs.pause(id, by: Self.ann) }
                return answer
            }
            #expect(answer?.state == .running)
            #expect(job.state == .cancelled)
            #expect(try await audit(test, job.id) == ["bob api job_cancelled request-2"])
        }
    }

    // MARK: Across restarts

    /// A job that was stopped within a batch: paused, or cut off by the end of the program.
    private func stoppedWithinBatch(_ test: JobsUnderTest, paused: Bool) async throws -> Job {
        // A single batch: no page is read while it is deleted.
        let namespace = try await test.namespace("n", keys: 2)
        let (downs, down) = AsyncStream.makeStream(of: Void.self)
        let ids = Mutex<JobID?>(nil)
        test.unruly.plan(
            .init(request: 1, moment: .after) {
                if paused, let id = ids.withLock({ $0 }) { _ = try? await test.jobs.pause(id, by: Self.ann) }
                down.yield()
                return true
            })
        let job = try await test.start(.delete(.all), on: namespace)
        ids.withLock { $0 = job.id }
        try await test.whileRunning {
            if paused {
                _ = try await test.jobs.withProgress(of: job.id) { await $0.first { $0.state == .paused } }
            } else {
                for await _ in downs { break }
            }
        }
        #expect(try await test.entries(in: namespace).isEmpty)
        return try await test.ledger.job(job.id)
    }

    @Test("a cancel that could not be stored is forgotten: a later resume completes the job")
    func failedCancel() async throws {
        let test = try await JobsUnderTest(batch: 2)
        let job = try await stoppedWithinBatch(test, paused: true)
        let again = try await restarted(test)
        let database = again.ledger.database
        try await database.write { db in
            try db.execute(
                sql: """
                    CREATE TEMP TRIGGER refusal BEFORE UPDATE ON job
                    BEGIN SELECT RAISE(ABORT, 'This is not stored.'); END
                    """)
        }
        await #expect(throws: KVError.self) { try await again.jobs.cancel(job.id, by: .test) }
        try await database.write { db in try db.execute(sql: "DROP TRIGGER refusal") }
        let missing = await #expect(throws: KVError.self) { try await again.jobs.cancel(JobID("none"), by: .test) }
        #expect(missing?.code == .jobNotFound)
        try await again.whileRunning {
            _ = try await again.jobs.resume(job.id, by: .test)
            let ended = try await again.finished(job.id)
            #expect(ended.state == .completed)
            #expect(ended.progress.succeeded == 2)
        }
    }

    @Test("a cancel of a job that has to finish a batch survives a restart", arguments: [true, false])
    func cancelWithinBatch(paused: Bool) async throws {
        let test = try await JobsUnderTest(batch: 2)
        let job = try await stoppedWithinBatch(test, paused: paused)
        let second = try await restarted(test)
        #expect(try await second.jobs.cancel(job.id, by: Self.bob).state == (paused ? .running : .queued))
        let third = try await restarted(test)
        try await third.whileRunning {
            let ended = try await third.finished(job.id)
            #expect(ended.state == .cancelled)
            #expect(ended.progress.succeeded == 2, "the batch that was begun is counted")
        }
        #expect(try await audit(third, job.id).last == "bob api job_cancelled request-2")
        #expect(try await ends(third, job.id) == ["cancelled"])
    }

    @Test(
        "a request that was answered while the job was running survives the end of the program",
        arguments: [StateRequest.Change.cancel, .pause])
    func requestBeforeTheEnd(change: StateRequest.Change) async throws {
        let test = try await JobsUnderTest(batch: 2)
        let namespace = try await test.namespace("n", keys: 6)
        let job = try await test.start(.delete(.all), on: namespace)
        // As the program leaves it when it dies between two batches.
        let claim = try await test.jobs.transitions.claim(job.id)
        #expect(claim?.job.state == .running)
        let (_, outcome) = try await test.jobs.transitions.apply(StateRequest(change, by: Self.bob), to: job.id)
        #expect(outcome == .stored)
        let again = try await restarted(test)
        #expect(try await again.jobs.job(job.id).state == (change == .cancel ? .cancelled : .paused))
        #expect(
            try await audit(again, job.id) == ["bob api job_\(change == .cancel ? "cancelled" : "paused") request-2"])
        #expect(try await test.entries(in: namespace).count == 6)
    }

    // MARK: Others

    @Test("a job that has been cancelled is not shown as anything else by the one who ran it")
    func lostClaim() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let job = try await test.start(.delete(.all), on: namespace)
        let claim = try #require(try await test.jobs.transitions.claim(job.id))
        var gone = claim.job
        gone.state = .cancelled
        try await test.ledger.put(gone)
        await #expect(throws: JobTransitions.ClaimLost.self) {
            try await test.jobs.transitions.save(claim.job, events: [])
        }
        #expect(try await test.ledger.job(job.id).state == .cancelled)
    }

    @Test("who deletes a namespace is named as the one who ended its jobs")
    func endedWithItsNamespace() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let job = try await test.start(.delete(.all), on: namespace)
        try await test.jobs.endJobs(of: namespace, in: "local", by: Self.ann)
        #expect(try await test.jobs.job(job.id).error?.code == .namespaceNotFound)
        #expect(try await audit(test, job.id) == ["ann gateway job_failed request-1"])
        try await test.jobs.delete(job.id, by: Self.bob)
        #expect(try await audit(test, job.id).last == "bob api job_deleted request-2")
    }

    @Test("a job is not deleted while it is being undone, nor undone once it has been deleted")
    func deleteAndUndo() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 2)
        try await test.whileRunning {
            let job = try await test.finished(try await test.start(.delete(.all), on: namespace).id)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await test.jobs.delete(job.id, by: .test)) != nil }
                group.addTask {
                    let undo = try? await test.jobs.undo(
                        job.id, isForced: false, createdBy: "test", idempotencyKey: nil)
                    guard let undo else { return false }
                    return try await test.finished(undo.id).state == .completed
                }
                var done = 0
                for try await isDone in group { done += isDone ? 1 : 0 }
                #expect(done == 1)
            }
        }
    }
}
