import Foundation
import KVLedger
import KVModel
import Logging
import ServiceLifecycle

/// Runs a few jobs at once in each store, the others in the order in which they came. A paused job has no slot, and
/// waits for one when it is resumed.
///
/// The ledger is the only source of truth about a job. An entry of the queue means that the job may have to run; the ledger
/// decides whether it does when the job gets its slot.
actor JobRunner {
    static let slotsPerStore = 4

    /// Until a job is taken up again that could not be run, or whose end could not be stored.
    private static let pause = Duration.seconds(1)

    private let resources: JobResources
    private let transitions: JobTransitions
    private let logger: Logger
    private let clock: WallClock
    private let admitted: AsyncStream<Admission>
    private let admissions: AsyncStream<Admission>.Continuation
    private var waiting: [Entry] = []
    private var isWaiting: Set<JobID> = []
    private var running: [JobID: JobControl] = [:]
    private var slotsTaken: [String: Int] = [:]
    private let shutdown = Shutdown()

    private struct Entry: Sendable {
        let id: JobID
        let store: String
    }

    private struct Admission: Sendable {
        let entry: Entry
        let control: JobControl
    }

    init(
        resources: JobResources, transitions: JobTransitions, logger: Logger, clock: WallClock
    ) {
        self.resources = resources
        self.transitions = transitions
        self.logger = logger
        self.clock = clock
        // Holds no more than there are slots.
        (admitted, admissions) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Call it for a job that the ledger has as queued or running.
    func submit(_ job: Job) {
        enqueue(Entry(id: job.id, store: job.store))
    }

    /// Applies a request to a job; where the job is running, it takes effect between two batches. The answer is durable.
    ///
    /// Throws `job_not_found` and `invalid_transition`.
    nonisolated func apply(_ request: StateRequest, to id: JobID) async throws -> Job {
        let (job, outcome) = try await transitions.apply(request, to: id)
        await follow(outcome, of: job)
        return job
    }

    private func follow(_ outcome: JobTransitions.Outcome, of job: Job) {
        switch outcome {
        case .stored: running[job.id]?.wake()
        case .changed:
            running[job.id]?.wake()
            if job.state == .running { submit(job) }
        }
    }

    /// Whether a batch of the job may be partly done. Where that cannot be read the job finds out what is wrong with it.
    func hasBegunBatch(_ id: JobID) async -> Bool { (try? await resources.hasBegunBatch(id)) ?? true }

    // MARK: Work

    /// Works until the program is told to end; jobs then stop behind the batch at hand.
    func run() async {
        async let _: Void = Upkeep(resources: resources, logger: logger, clock: clock).run()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await admission in admitted {
                    group.addTask { await self.perform(admission) }
                }
            }
        } onGracefulShutdown: { [shutdown, admissions] in
            shutdown.begin()
            admissions.finish()
        }
    }

    private func perform(_ admission: Admission) async {
        let isInterrupted = await work(admission)
        if isInterrupted { try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) } }
        running[admission.entry.id] = nil
        slotsTaken[admission.entry.store, default: 1] -= 1
        if isInterrupted { enqueue(admission.entry) } else { admit() }
    }

    /// Returns whether the job has to be taken up again.
    private func work(_ admission: Admission) async -> Bool {
        do {
            guard let claim = try await claim(admission.entry.id, admission.control) else { return false }
            let execution = JobExecution(
                claim: claim, control: admission.control, resources: resources, transitions: transitions,
                logger: logger,
                clock: clock)
            return await execution.run() == .interrupted
        } catch is CancellationError {
            return true
        } catch {
            logger.error(
                "A job could not be started", metadata: ["job": "\(admission.entry.id)", "error": "\(error)"])
            return true
        }
    }

    /// Waits for room while the disk is full.
    private func claim(_ id: JobID, _ control: JobControl) async throws -> JobTransitions.Claim? {
        var wait = StorageWait(id, control: control, hub: transitions.hub, logger: logger)
        while true {
            do {
                return try await transitions.claim(id)
            } catch {
                if !control.takeWake() { try await wait.wait(after: error) }
            }
        }
    }

    private func enqueue(_ entry: Entry) {
        if isWaiting.insert(entry.id).inserted { waiting.append(entry) }
        admit()
    }

    private func admit() {
        guard !shutdown.hasBegun else { return }
        while let index = waiting.firstIndex(where: {
            running[$0.id] == nil && slotsTaken[$0.store, default: 0] < Self.slotsPerStore
        }) {
            let entry = waiting.remove(at: index)
            isWaiting.remove(entry.id)
            let control = JobControl(shutdown)
            slotsTaken[entry.store, default: 0] += 1
            running[entry.id] = control
            admissions.yield(Admission(entry: entry, control: control))
        }
    }
}
