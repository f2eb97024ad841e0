/// What an answer says of the quota, in the fields `Ratelimit` and `Ratelimit-Policy` as Cloudflare writes them:
/// `"default";r=50;t=30` and `"default";q=1200;w=300`.
struct RateLimit: Hashable {
    /// Requests left in the present window.
    var remaining: Int
    /// Seconds until the next one.
    var seconds: Double
    /// Requests in a window, if it says that too.
    var quota: Int?

    init(remaining: Int, seconds: Double, quota: Int? = nil) {
        self.remaining = remaining
        self.seconds = seconds
        self.quota = quota
    }

    /// Nil for fields that say something else.
    init?(field: String?, policy: String? = nil) {
        let values = field.map(Self.parameters) ?? [:]
        guard let remaining = values["r"], let seconds = values["t"], remaining >= 0, seconds >= 0 else { return nil }
        self.init(
            remaining: remaining, seconds: Double(seconds),
            quota: policy.map(Self.parameters)?["q"].flatMap { $0 > 0 ? $0 : nil })
    }

    private static func parameters(_ field: String) -> [Substring: Int] {
        var values: [Substring: Int] = [:]
        for part in field.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: \.isWhitespace) }
            if pair.count == 2, let number = Int(pair[1]) { values[pair[0]] = number }
        }
        return values
    }
}
