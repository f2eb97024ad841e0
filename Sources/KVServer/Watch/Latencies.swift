/// How long requests took, as counts in buckets.
struct Latencies: Hashable, Sendable {
    /// Upper bounds in seconds. One more bucket is for longer durations.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var seconds = 0.0

    var count: Int { counts.reduce(0, +) }

    mutating func add(_ seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        self.seconds += seconds
    }

    mutating func add(_ other: Latencies) {
        for index in counts.indices { counts[index] += other.counts[index] }
        seconds += other.seconds
    }

    /// Returns a quantile in seconds, interpolated between the bounds of its bucket; nil without requests.
    func quantile(_ share: Double) -> Double? {
        let count = count
        guard count > 0 else { return nil }
        let rank = share * Double(count)
        var below = 0
        for (index, here) in counts.enumerated() where here > 0 {
            if Double(below + here) >= rank {
                let low = index == 0 ? 0 : Self.bounds[index - 1]
                let high = index < Self.bounds.count ? Self.bounds[index] : low
                return low + (high - low) * (rank - Double(below)) / Double(here)
            }
            below += here
        }
        return Self.bounds.last
    }
}
