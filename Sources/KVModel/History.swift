/// What happened in each of the last stretches of time, all of one length.
package struct History<Figures: Sendable>: Sendable {
    package let stretch: Int64
    private let none: Figures
    private var ring: [(number: Int64, figures: Figures)] = []
    private let length: Int

    /// - Parameters:
    ///   - stretch: Milliseconds.
    ///   - count: How many stretches are remembered.
    package init(stretch: Int64, count: Int, none: Figures) {
        self.stretch = stretch
        self.none = none
        length = count
    }

    /// Notes something that happens now.
    package mutating func note(at now: Timestamp, _ change: (inout Figures) -> Void) {
        let number = now.milliseconds / stretch
        if ring.isEmpty { ring = Array(repeating: (-1, none), count: length) }
        let place = Int(number % Int64(length))
        if ring[place].number != number { ring[place] = (number, none) }
        change(&ring[place].figures)
    }

    /// The last `count` stretches that are over, the oldest first, those in which nothing happened too.
    package func last(_ count: Int, before now: Timestamp) -> [Figures] {
        let present = now.milliseconds / stretch
        return (max(0, present - Int64(min(count, length - 1)))..<present).map { number in
            guard !ring.isEmpty else { return none }
            let found = ring[Int(number % Int64(length))]
            return found.number == number ? found.figures : none
        }
    }
}
