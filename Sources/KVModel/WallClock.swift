import Foundation

/// The clock that the program takes the time from. Tests pass one that they move.
package struct WallClock: Sendable {
    /// The clock of the system, which may be set back.
    package static let system = WallClock {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    private let read: @Sendable () -> Timestamp

    /// - Parameter read: Returns the time; called from any thread.
    package init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    package var now: Timestamp { read() }
}
