import Foundation
import KVModel
import Logging
import ServiceLifecycle

/// Gives jobs a place: a few at once in each store, the others in the order in which they came.
actor JobRunner {
    static let placesInStore = 4

    private let workplace: JobWorkplace
    private let hub: ProgressHub
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let admitted: AsyncStream<Admission>
    private let door: AsyncStream<Admission>.Continuation
    private var waiting: [Job] = []
    private var running: [JobID: JobControl] = [:]
    private var placesTaken: [String: Int] = [:]
    private let closing = ClosingTime()

    private struct Admission: Sendable {
        let job: Job
        let control: JobControl
    }

    init(workplace: JobWorkplace, hub: ProgressHub, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.workplace = workplace
        self.hub = hub
        self.logger = logger
        self.now = now
        // Holds no more than there are places.
        (admitted, door) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func submit(_ job: Job) {
        waiting.append(job)
        hub.publish(job)
        admit()
    }

    /// Nil when the job is not in hand here.
    func cancel(_ id: JobID) async throws -> Job? {
        if let control = running[id] {
            control.cancel()
            return hub.newest(of: id)
        }
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        let waited = waiting.remove(at: index)
        do {
            var job = waited
            job.state = try job.state.after(.cancel)
            job.finishedAt = now()
            job.progress.sequence += 1
            let event = JobEvent(at: now(), kind: .cancelled, detail: "It had not begun.")
            try await workplace.ledger.save(job, checkpoint: nil, events: [event], failures: [])
            hub.publish(job)
            return job
        } catch {
            // What cannot be noted has not happened: the job waits on.
            waiting.insert(waited, at: min(index, waiting.count))
            admit()
            throw error
        }
    }

    /// Works until the program is told to end; jobs then stop behind the batch at hand.
    func run() async {
        async let _: Void = tidy()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await admission in admitted {
                    group.addTask { await self.perform(admission) }
                }
            }
        } onGracefulShutdown: { [closing, door] in
            closing.announce()
            door.finish()
        }
    }

    private func perform(_ admission: Admission) async {
        var execution = JobExecution(
            admission.job, control: admission.control, ledger: workplace.ledger, hub: hub, logger: logger, now: now)
        await execution.run(on: workplace)
        running[admission.job.id] = nil
        placesTaken[admission.job.store, default: 1] -= 1
        admit()
    }

    private func admit() {
        guard !closing.hasCome else { return }
        while let index = waiting.firstIndex(where: { placesTaken[$0.store, default: 0] < Self.placesInStore }) {
            let job = waiting.remove(at: index)
            let control = JobControl(closing)
            placesTaken[job.store, default: 0] += 1
            running[job.id] = control
            door.yield(Admission(job: job, control: control))
        }
    }

    private func tidy() async {
        repeat {
            let atWork = Set(running.keys).union(waiting.map(\.id))
            let oldest = Date(timeIntervalSinceNow: -JobFiles.maximumAge)
            workplace.files.removeUntouched(since: oldest, but: atWork)
        } while (try? await Task.sleep(for: .seconds(3_600))) != nil
    }
}
