/// What an answer says of the quota, in the field `Ratelimit` as Cloudflare writes it: `"default";r=50;t=30`.
struct RateLimit: Hashable {
    /// Requests left in the present window.
    var remaining: Int
    /// Seconds until the next one.
    var seconds: Double

    init(remaining: Int, seconds: Double) {
        self.remaining = remaining
        self.seconds = seconds
    }

    /// Nil for a field that says something else.
    init?(field: String) {
        var values: [Substring: Int] = [:]
        for part in field.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: \.isWhitespace) }
            guard pair.count == 2, let number = Int(pair[1]) else { continue }
            values[pair[0]] = number
        }
        guard let remaining = values["r"], let seconds = values["t"], remaining >= 0, seconds >= 0 else { return nil }
        self.init(remaining: remaining, seconds: Double(seconds))
    }
}
