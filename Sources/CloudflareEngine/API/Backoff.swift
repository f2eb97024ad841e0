/// How often, and after what pauses, a request is sent again whose failure may have been chance.
struct Backoff: Sendable {
    static let forJobs = Backoff(attempts: 8)
    /// Users are better served by an early error.
    static let forUsers = Backoff(attempts: 4)

    private static let first = 0.2
    private static let longest = 20.0

    let attempts: Int

    /// Seconds to wait after the attempt of that number, the first being 1; nil when it was the last.
    ///
    /// - Parameters:
    ///   - asked: What the server asked for.
    ///   - chance: 0 to 1; spreads those out that failed together.
    func pause(after attempt: Int, asked: Double?, chance: Double) -> Double? {
        guard attempt < attempts else { return nil }
        return max(Self.pause(after: attempt, chance: chance), min(asked ?? 0, 60))
    }

    /// Seconds that double with each attempt, up to a limit. A server that asks for no pause gets this one all the same.
    static func pause(after attempt: Int, chance: Double) -> Double {
        min(longest, first * Double(1 << min(attempt - 1, 16))) * (0.5 + chance)
    }
}
