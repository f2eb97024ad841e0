/// When an entry ceases to be: absolute seconds since 1970 in UTC, as on Workers KV.
package struct Expiration: Hashable, Comparable, Sendable {
    package static let minimumTTL: Int64 = 60
    /// The end of the year 9999, beyond which dates cannot be written.
    package static let latest: Int64 = 253_402_300_799

    package let seconds: Int64

    /// A time that is stored already, past or not.
    package init(stored seconds: Int64) {
        self.seconds = seconds
    }

    /// Throws `invalid_expiration` unless the time is after `now` and before the year 10,000.
    package init(at seconds: Int64, now: Int64) throws(KVError) {
        guard seconds > now else {
            throw KVError(.invalidExpiration, "The expiration \(seconds) lies in the past; now is \(now).")
        }
        guard seconds <= Self.latest else {
            throw KVError(.invalidExpiration, "The expiration \(seconds) lies beyond the year 9999; give Unix seconds.")
        }
        self.seconds = seconds
    }

    /// Throws `invalid_expiration` for fewer than 60 seconds.
    package init(ttl: Int64, now: Int64) throws(KVError) {
        guard ttl >= Self.minimumTTL else {
            throw KVError(.invalidExpiration, "A ttl is at least \(Self.minimumTTL) seconds; this one is \(ttl).")
        }
        guard ttl <= Self.latest - now else {
            throw KVError(.invalidExpiration, "A ttl of \(ttl) seconds ends beyond the year 9999.")
        }
        self.seconds = now + ttl
    }

    package func isPast(at now: Int64) -> Bool { seconds <= now }

    package static func < (lhs: Expiration, rhs: Expiration) -> Bool { lhs.seconds < rhs.seconds }
}
