/// The time at which an entry expires, in seconds since the Unix epoch, as on Workers KV.
package struct Expiration: Hashable, Comparable, Sendable {
    package static let minimumTTL: Int64 = 60
    /// The end of the year 9999, beyond which dates cannot be written.
    package static let latest: Int64 = 253_402_300_799

    package let seconds: Int64

    /// Accepts any time: one that is stored already may have passed.
    package init(stored seconds: Int64) {
        self.seconds = seconds
    }

    /// Throws `invalid_expiration` unless the time is after `now` and before the year 10,000.
    package init(at seconds: Int64, now: Timestamp) throws(KVError) {
        guard seconds > now.seconds else {
            throw KVError(
                .invalidExpiration, "The expiration \(seconds) is in the past; the current time is \(now.seconds).")
        }
        try self.init(possiblyPast: seconds)
    }

    /// Throws `invalid_expiration` unless the time is before the year 10,000.
    package init(possiblyPast seconds: Int64) throws(KVError) {
        guard seconds <= Self.latest else {
            throw KVError(.invalidExpiration, "The expiration \(seconds) is after the year 9999; use Unix seconds.")
        }
        self.seconds = seconds
    }

    /// Throws `invalid_expiration` for fewer than 60 seconds.
    package init(ttl: Int64, now: Timestamp) throws(KVError) {
        guard ttl >= Self.minimumTTL else {
            throw KVError(.invalidExpiration, "A ttl is at least \(Self.minimumTTL) seconds; this one is \(ttl).")
        }
        guard ttl <= Self.latest - now.seconds else {
            throw KVError(.invalidExpiration, "A ttl of \(ttl) seconds ends beyond the year 9999.")
        }
        seconds = now.seconds + ttl
    }

    package func isPast(at now: Timestamp) -> Bool { seconds <= now.seconds }

    package static func < (lhs: Expiration, rhs: Expiration) -> Bool { lhs.seconds < rhs.seconds }
}

/// Stored as its seconds.
extension Expiration: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(stored: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }
}
