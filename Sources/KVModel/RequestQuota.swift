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

    /// Throws `invalid_request` for anything but a whole number above 0, a slash and seconds above 0.
    package init(_ text: String) throws(KVError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let requests = Int(parts[0]), (1...1_000_000_000).contains(requests),
            parts[1].last == "s", let seconds = Double(parts[1].dropLast()), seconds > 0, seconds <= 86_400
        else {
            throw KVError(
                .invalidRequest,
                "A quota is a number of requests in a number of seconds, like 1200/300s; \"\(text)\" is not.")
        }
        self.init(requests: requests, seconds: seconds)
    }

    package var description: String {
        seconds == seconds.rounded() ? "\(requests)/\(Int(seconds))s" : "\(requests)/\(seconds)s"
    }
}
