import KVLedger
import KVModel
import Logging

/// Removes what is no longer kept: files, jobs, audit records and key lists by age, and what belongs to deleted jobs.
struct Upkeep: Sendable {
    let resources: JobResources
    let logger: Logger
    let clock: WallClock

    /// Works until the program ends: every hour, and when something has been deleted.
    func run() async {
        async let _: Void = sweepOnRequest()
        var trust = ClockTrust()
        let start = ContinuousClock.now
        repeat {
            await attempt("The ledger could not be tidied") {
                try await resources.ledger.sweep()
                try await removeAged(&trust, running: ContinuousClock.now - start)
            }
        } while (try? await Task.sleep(for: .seconds(3_600))) != nil
    }

    private func sweepOnRequest() async {
        for await _ in resources.ledger.sweepRequests {
            await attempt("What was deleted could not be removed from the ledger") {
                try await resources.ledger.sweep()
            }
        }
    }

    /// Waits with that while the clock cannot be trusted.
    func removeAged(_ trust: inout ClockTrust, running: Duration) async throws {
        let (now, ledger) = (clock.now, resources.ledger)
        let lastTrusted = try await ledger.clockTrustedAt()
        switch trust.judge(now: now, running: running, lastTrusted: lastTrusted) {
        case .trusted:
            await resources.removeOldFiles(logger: logger)
            try await ledger.removeAged(now: now)
            try await ledger.trustClock(at: now)
        case .ahead(let isNew):
            guard isNew else { return }
            logger.warning(
                "The clock is far ahead of the last time at which it was seen; nothing is removed by age for a day",
                metadata: ["clock": "\(now.milliseconds)", "last": "\(lastTrusted?.milliseconds ?? 0)"])
        }
    }

    private func attempt(_ failure: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            // The program is ending; the rest is for the next time.
        } catch {
            logger.error("\(failure)", metadata: ["error": "\(error)"])
        }
    }
}
