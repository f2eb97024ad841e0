import Foundation
import KVLedger
import KVModel
import Logging
import Synchronization

/// What a job shows while a batch is on its way: requests going out, and waits for a quota. A batch of a store that is
/// reached over a network can take minutes.
final class RequestProgress: Sendable {
    /// Milliseconds between two snapshots that tell of requests alone.
    private static let interval: Int64 = 1_000

    let context: WorkContext
    private let id: JobID
    private let clock: WallClock
    private let waits: AsyncStream<WorkContext.Wait>
    private let newWaits: AsyncStream<WorkContext.Wait>.Continuation

    init(of job: Job, hub: ProgressHub, clock: WallClock) {
        id = job.id
        self.clock = clock
        let (waits, newWaits) = AsyncStream.makeStream(of: WorkContext.Wait.self, bufferingPolicy: .bufferingNewest(8))
        (self.waits, self.newWaits) = (waits, newWaits)
        let before = job.progress.requests
        let lastShown = Atomic<Int64>(clock.now.milliseconds)
        context = WorkContext(jobReadingExactly: job.readsExactly) { [id] requests, wait in
            if let wait { newWaits.yield(wait) }
            let time = clock.now.milliseconds
            guard wait != nil || time - lastShown.load(ordering: .relaxed) >= Self.interval else { return }
            lastShown.store(time, ordering: .relaxed)
            hub.amend(id) { progress in
                progress.requests = max(progress.requests, before + requests)
                progress.throttledUntil = wait?.until
            }
        }
    }

    /// Puts waits on the job's timeline until `end` is called.
    func noteWaits(in ledger: any JobStore, logger: Logger) async {
        for await wait in waits {
            do {
                try await ledger.append(event(wait), to: id)
            } catch {
                logger.error("A wait could not be noted", metadata: ["job": "\(id)", "error": "\(error)"])
            }
        }
    }

    func end() {
        newWaits.finish()
    }

    private func event(_ wait: WorkContext.Wait) -> JobEvent {
        let time = Date(timeIntervalSince1970: Double(wait.until.milliseconds) / 1_000).ISO8601Format()
        return switch wait.reason {
        case .refused:
            JobEvent(
                at: clock.now, kind: .throttled,
                detail: "The store refused a request because of its rate limit; the job continues at \(time).")
        case .quota:
            JobEvent(
                at: clock.now, kind: .notice,
                detail: "The store's request quota is used up; the job continues at \(time).")
        }
    }
}
