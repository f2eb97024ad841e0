import KVModel

/// Decides whether the clock is good enough to remove what is old by it.
///
/// A clock that is wrong at the start of the program would remove for good what is to be kept. So a clock that is far ahead of
/// the last time at which it was trusted has to run steadily for a day before anything is removed.
struct ClockTrust: Sendable {
    /// All in milliseconds.
    static let longestGap: Int64 = 2 * 86_400_000
    static let probation: Int64 = 86_400_000
    private static let unsteadiness: Int64 = 600_000

    private var start: (wall: Int64, running: Int64)?

    enum Verdict: Sendable {
        case trusted
        /// Wait. `isNew`: for the first time, or because the clock has jumped.
        case ahead(isNew: Bool)
    }

    /// - Parameters:
    ///   - now: since 1970, as the clock says.
    ///   - running: by a clock that nobody sets.
    ///   - trusted: since 1970, when the clock was trusted last; nil: never.
    mutating func judge(now: Int64, running: Int64, lastTrusted: Int64?) -> Verdict {
        guard let lastTrusted, now > lastTrusted.addingClamped(Self.longestGap) else {
            start = nil
            return .trusted
        }
        guard let start, abs((now - start.wall) - (running - start.running)) <= Self.unsteadiness else {
            self.start = (now, running)
            return .ahead(isNew: true)
        }
        guard running - start.running >= Self.probation else { return .ahead(isNew: false) }
        self.start = nil
        return .trusted
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
