import Foundation
import KVLedger
import KVModel
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// Every operation on a job in every situation that operations lead to, against `JobLife`.
@Suite("The life of a job")
struct JobLifeTests {
    @Test("each operation is accepted or refused, and leads to one end", arguments: JobLife.ways)
    func operations(way: [JobLife.Operation]) async throws {
        for operation in JobLife.Operation.allCases where JobLife(after: way).allows(operation) {
            let run = try await JobLifeRun()
            var life = JobLife()
            for step in way + [operation] {
                let isAccepted = life.apply(step)
                #expect(try await run.apply(step) == isAccepted, "\(way), then \(operation): \(step)")
            }
            if !life.isDown { try await run.check(life, "\(way), then \(operation)") }
            run.cleanUp()
        }
    }

    private static let requests: [JobLife.Operation] = [.pause, .resume, .cancel, .fail, .delete]

    @Test("two requests during a batch lead to the end that their answers say", arguments: requests, requests)
    func duringBatch(first: JobLife.Operation, second: JobLife.Operation) async throws {
        let test = try await JobsUnderTest(batch: 2)
        let run = JobLifeRun(test, namespace: try await test.namespace("n", keys: 3))
        let expected = Mutex(JobLife(after: [.submit, .admit]))
        let (started, isStarted) = AsyncStream.makeStream(of: Void.self)
        test.unruly.plan(
            .init(request: 1, moment: .after) {
                for await _ in started { break }
                for operation in [first, second] {
                    let isAccepted = expected.withLock { $0.apply(operation) }
                    let answer = try? await run.request(operation)
                    #expect(answer == isAccepted, "\(operation)")
                }
                return false
            })
        try await test.whileRunning {
            let job = try await test.jobs.create(run.draft)
            run.id.withLock { $0 = job.id }
            isStarted.yield()
            isStarted.finish()
            let seen = try await test.jobs.withProgress(of: job.id) { snapshots in
                await snapshots.first { $0.state == .paused || $0.state.isFinal }
            }
            _ = expected.withLock { $0.apply(.end) }
            #expect(seen?.state == expected.withLock { $0.state })
        }
        run.cleanUp()
    }
}

/// One job of a program that runs no jobs by itself: each operation is performed by the test.
private final class JobLifeRun: Sendable {
    let id = Mutex(JobID("job"))
    private let test: Mutex<JobsUnderTest>
    private let namespace: NamespaceID
    private let claim = Mutex<JobTransitions.Claim?>(nil)

    convenience init() async throws {
        let test = try await JobsUnderTest()
        self.init(test, namespace: try await test.namespace("n"))
    }

    init(_ test: JobsUnderTest, namespace: NamespaceID) {
        self.test = Mutex(test)
        self.namespace = namespace
    }

    private static let ends: Set<AuditAction> = [.jobCompleted, .jobIncomplete, .jobFailed, .jobCancelled]

    private var current: JobsUnderTest { test.withLock { $0 } }
    private var jobs: Jobs { current.jobs }
    private var job: JobID { id.withLock { $0 } }

    var draft: Jobs.Draft {
        Jobs.Draft(
            store: "local", namespace: namespace, work: DeleteJob(.all), createdBy: "test", idempotencyKey: nil)
    }

    func cleanUp() {
        try? FileManager.default.removeItem(atPath: current.folder)
    }

    /// Returns whether the operation was accepted.
    func apply(_ operation: JobLife.Operation) async throws -> Bool {
        switch operation {
        case .submit: return try await submit()
        case .admit:
            let claimed = try await jobs.transitions.claim(job)
            claim.withLock { $0 = claimed }
            return claimed != nil
        case .pause, .resume, .cancel, .fail, .delete: return try await request(operation)
        case .crash: claim.withLock { $0 = nil }
        case .restart:
            claim.withLock { $0 = nil }
            let restarted = try await JobsUnderTest(folder: current.folder, engine: current.engine)
            test.withLock { $0 = restarted }
        case .end: try await end()
        }
        return true
    }

    func request(_ operation: JobLife.Operation) async throws -> Bool {
        do {
            if let change = operation.change {
                let error = change == .fail ? KVError.noNamespace(namespace) : nil
                _ = try await jobs.runner.apply(StateRequest(change, by: .test, error: error), to: job)
            } else {
                try await jobs.delete(job, by: .test)
            }
            return true
        } catch let error as KVError where error.code == .invalidTransition || error.code == .jobNotFound {
            return false
        }
    }

    private func submit() async throws -> Bool {
        let new = Job(
            id: job, store: "local", namespace: namespace, namespaceTitle: "n", work: DeleteJob(.all),
            readsExactly: false, createdBy: "test", createdAt: 1, state: .queued, progress: JobProgress())
        do {
            _ = try await jobs.transitions.create(new, remark: "", idempotencyKey: nil)
            return true
        } catch is KVError {
            return false
        }
    }

    /// As the run of a job does whose last batch is done.
    private func end() async throws {
        guard let claimed = claim.withLock({ $0 }) else { return }
        claim.withLock { $0 = nil }
        let resources = JobResources(
            stores: jobs.stores, files: jobs.files, ledger: jobs.ledger, annotations: jobs.annotations, clock: .at(0))
        let recorder = JobRecorder(
            claimed, in: .users, control: JobControl(Shutdown()), resources: resources,
            transitions: jobs.transitions, logger: Logger(label: "test"), clock: jobs.clock)
        _ = try await recorder.end(as: .finished(nil))
    }

    /// The ledger, the hub, the timeline and the audit log agree with the model.
    func check(_ life: JobLife, _ way: Comment) async throws {
        guard life.existence == .now else {
            await #expect(throws: KVError.self, way) { _ = try await self.jobs.job(self.job) }
            return
        }
        let stored = try await jobs.ledger.job(job)
        #expect(stored.state == life.state, way)
        #expect(stored.request?.change == life.request, way)
        #expect(stored.isBegun == life.isBegun, way)
        #expect(try await jobs.job(job).state == life.state, way)
        let ends = try await jobs.events(of: job).filter { JobState(rawValue: $0.kind.rawValue)?.isFinal ?? false }
        #expect(ends.map(\.kind.rawValue) == (life.state.isFinal ? [life.state.rawValue] : []), way)
        var filter = AuditFilter()
        filter.job = job.text
        let recorded = try await jobs.ledger.audit(filter).items.map(\.action)
        #expect(
            recorded.filter { Self.ends.contains($0) }.map(\.rawValue)
                == (life.state.isFinal ? ["job_\(life.state.rawValue)"] : []), way)
    }
}
