package import KVModel

extension WallClock {
    /// A clock that stands still.
    package static func at(_ time: Timestamp) -> WallClock { WallClock { time } }
}

/// Tests write times as their milliseconds.
extension Timestamp: ExpressibleByIntegerLiteral {
    package init(integerLiteral milliseconds: Int64) {
        self.init(milliseconds: milliseconds)
    }
}

/// Tests write expirations as their seconds.
extension Expiration: ExpressibleByIntegerLiteral {
    package init(integerLiteral seconds: Int64) {
        self.init(stored: seconds)
    }
}
