import Foundation
import KVModel
import Logging
import ServiceLifecycle

/// Gives jobs a place: a few at once in each store, the others in the order in which they came. A paused job has no place,
/// and waits for one when it is resumed.
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
    /// To be cancelled behind their next batch.
    private var endingWhenAdmitted: Set<JobID> = []
    /// Not at work, and being moved on at somebody's wish.
    private var inTransition: Set<JobID> = []
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

    // MARK: What people ask for

    /// Takes effect between two batches. Throws `invalid_transition`.
    func pause(_ id: JobID) async throws -> Job {
        if let job = try ask(.pause, of: id) { return job }
        return try await move(id, .pause, .paused, "")
    }

    /// Throws `invalid_transition`.
    func resume(_ id: JobID) async throws -> Job {
        let job = try await move(id, .resume, .resumed, "")
        waiting.append(job)
        admit()
        return job
    }

    /// Takes effect between two batches. Throws `invalid_transition`.
    func cancel(_ id: JobID) async throws -> Job {
        if let job = try ask(.cancel, of: id) { return job }
        if try await workplace.hasBegunBatch(id) { return try await cancelBehindBatch(id) }
        return try await move(id, .cancel, .cancelled, "It was not at work.")
    }

    /// Of a job that was cut off within a batch: it does that batch, so that what it has done is known, and no more.
    private func cancelBehindBatch(_ id: JobID) async throws -> Job {
        // It may have got a place meanwhile.
        if let job = try ask(.cancel, of: id) { return job }
        endingWhenAdmitted.insert(id)
        let job = if let newest = hub.newest(of: id) { newest } else { try await workplace.ledger.job(id) }
        return job.state == .paused ? try await resume(id) : job
    }

    /// Ends a job that cannot go on. Throws `invalid_transition`.
    func fail(_ id: JobID, _ error: KVError) async throws {
        if try ask(.fail(error), of: id) != nil { return }
        _ = try await move(id, .fail, .failed, error.detail, error)
    }

    /// Nil when the job is not at work.
    private func ask(_ request: JobControl.Request, of id: JobID) throws -> Job? {
        // One that was resumed while it was leaving its place waits for another.
        guard let control = running[id], !waiting.contains(where: { $0.id == id }),
            let job = hub.newest(of: id), job.state != .paused, !job.state.isFinal
        else { return nil }
        control.ask(request)
        return job
    }

    /// Moves on a job that is not at work. What cannot be noted has not happened.
    private func move(
        _ id: JobID, _ event: JobState.Event, _ kind: JobEvent.Kind, _ detail: String, _ error: KVError? = nil
    ) async throws -> Job {
        guard inTransition.insert(id).inserted else {
            throw KVError(.invalidTransition, "The job is being changed by another request; look at it again.")
        }
        defer { inTransition.remove(id) }
        let index = waiting.firstIndex { $0.id == id }
        let waited = index.map { waiting.remove(at: $0) }
        do {
            var job = if let newest = hub.newest(of: id) { newest } else { try await workplace.ledger.job(id) }
            job.state = try job.state.after(event)
            job.finishedAt = job.state.isFinal ? now() : nil
            job.error = error
            job.progress.sequence = hub.nextSequence(of: job)
            let happened = JobEvent(at: now(), kind: kind, detail: detail)
            try await workplace.ledger.save(job, checkpoint: nil, events: [happened], failures: [])
            hub.publish(job)
            return job
        } catch {
            if let waited {
                waiting.insert(waited, at: min(index ?? 0, waiting.count))
                admit()
            }
            throw error
        }
    }

    // MARK: Work

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
        await end(admission)
        placesTaken[admission.job.store, default: 1] -= 1
        admit()
    }

    /// Ends a job of which that was asked while it was being paused, when it did not look any more.
    private func end(_ admission: Admission) async {
        let id = admission.job.id
        guard hub.newest(of: id)?.state == .paused, let request = admission.control.request else { return }
        do {
            switch request {
            case .cancel: _ = try await cancel(id)
            case .fail(let error): try await fail(id, error)
            case .pause, .stop: break
            }
        } catch {
            logger.error("A paused job could not be ended", metadata: ["job": "\(id)", "error": "\(error)"])
        }
    }

    private func admit() {
        guard !closing.hasCome else { return }
        while let index = waiting.firstIndex(where: {
            running[$0.id] == nil && placesTaken[$0.store, default: 0] < Self.placesInStore
        }) {
            let job = waiting.remove(at: index)
            let control = JobControl(closing)
            if endingWhenAdmitted.remove(job.id) != nil { control.ask(.cancel) }
            placesTaken[job.store, default: 0] += 1
            running[job.id] = control
            door.yield(Admission(job: job, control: control))
        }
    }

    private func tidy() async {
        repeat {
            await workplace.removeOldFiles(logger: logger)
            await workplace.ledger.tidy(now: now(), logger: logger)
        } while (try? await Task.sleep(for: .seconds(3_600))) != nil
    }
}
