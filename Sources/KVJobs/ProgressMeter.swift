import KVLedger

extension JobProgress {
    /// The milestones among 25, 50 and 75 % that lie above `before` and not above where this stands.
    func milestones(since before: Int?, state: JobState) -> [Int] {
        guard let now = percentage(in: state) else { return [] }
        return [25, 50, 75].filter { $0 > before ?? 0 && $0 <= now }
    }
}

/// The rate of a job over the last few seconds.
struct ProgressMeter {
    static let window = 5.0

    private var samples: [(seconds: Double, processed: Int)] = []

    /// Takes what is processed at a time (in seconds, from any origin) and tells the rate.
    mutating func rate(at seconds: Double, processed: Int) -> Double? {
        samples.append((seconds, processed))
        // The first sample kept is the last one outside the window, or the oldest there is.
        if let inside = samples.firstIndex(where: { $0.seconds >= seconds - Self.window }), inside > 1 {
            samples.removeFirst(inside - 1)
        }
        if samples.count > 256 { samples = samples.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element) }
        guard let first = samples.first, seconds > first.seconds else { return nil }
        return Double(processed - first.processed) / (seconds - first.seconds)
    }
}
