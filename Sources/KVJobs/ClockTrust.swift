import KVModel

/// Decides whether the clock is good enough to remove what is old by it.
///
/// A clock that is wrong at the start of the program would remove for good what is to be kept. So a clock that is far ahead of
/// the last time at which it was trusted has to run steadily for a day before anything is removed.
struct ClockTrust: Sendable {
    static let longestGap = Duration.seconds(2 * 86_400)
    static let probation = Duration.seconds(86_400)
    private static let unsteadiness = Duration.seconds(600)

    private var start: (wall: Timestamp, running: Duration)?

    enum Verdict: Sendable {
        case trusted
        /// Wait. `isNew`: for the first time, or because the clock has jumped.
        case ahead(isNew: Bool)
    }

    /// - Parameters:
    ///   - now: The time of the clock.
    ///   - running: The time for which the program has been running, by a clock that is never set.
    ///   - lastTrusted: The time at which the clock was last trusted; nil if it never was.
    mutating func judge(now: Timestamp, running: Duration, lastTrusted: Timestamp?) -> Verdict {
        guard let lastTrusted, now.duration(since: lastTrusted) > Self.longestGap else {
            start = nil
            return .trusted
        }
        guard let start, Self.isSteady(now.duration(since: start.wall) - (running - start.running)) else {
            self.start = (now, running)
            return .ahead(isNew: true)
        }
        guard running - start.running >= Self.probation else { return .ahead(isNew: false) }
        self.start = nil
        return .trusted
    }

    private static func isSteady(_ difference: Duration) -> Bool {
        (.zero - unsteadiness...unsteadiness).contains(difference)
    }
}

extension Timestamp {
    /// Also for times that a damaged ledger holds.
    fileprivate func duration(since earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds) - .milliseconds(earlier.milliseconds)
    }
}
