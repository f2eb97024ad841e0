/// How many requests are allowed in how long, written `1200/300s`.
package struct RequestQuota: Hashable, Sendable, CustomStringConvertible {
    /// What Cloudflare allows a user or token: 1,200 requests in 5 minutes.
    package static let cloudflare = RequestQuota(requests: 1_200, seconds: 300)

    package let requests: Int
    package let seconds: Double

    private init(requests: Int, seconds: Double) {
        self.requests = requests
        self.seconds = seconds
    }

    /// Throws `invalid_request` for anything but a whole number above 0, a slash, and a duration above 0 with its unit.
    package init(_ text: String) throws(KVError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let requests = Int(parts[0]), (1...1_000_000_000).contains(requests),
            let seconds = Self.seconds(String(parts[1])), seconds > 0, seconds <= 86_400
        else {
            throw KVError(
                .invalidRequest,
                "Invalid quota \(quoting: text): use a number of requests in at most a day, such as 1200/300s or 1200/5m."
            )
        }
        self.init(requests: requests, seconds: seconds)
    }

    /// Returns the seconds of a duration, which may be a fraction such as `0.5s`.
    private static func seconds(_ text: String) -> Double? {
        guard text.last?.isLetter == true else { return nil }
        return TimeText.seconds(text).map(Double.init) ?? (text.last == "s" ? Double(text.dropLast()) : nil)
    }

    package var description: String {
        seconds == seconds.rounded() ? "\(requests)/\(Int(seconds))s" : "\(requests)/\(seconds)s"
    }
}
