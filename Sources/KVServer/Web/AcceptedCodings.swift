import HTTPTypes
import Hummingbird

/// The codings of a body that a client accepts, as RFC 9110 (section 12.5.3) writes them: `gzip;q=0.5, *;q=0`.
struct AcceptedCodings {
    /// By name, in lowercase; `*` stands for those that are not named.
    private var isAccepted: [String: Bool] = [:]

    init(_ request: Request) {
        self.init(request.headers[.acceptEncoding])
    }

    init(_ header: String?) {
        for element in (header ?? "").split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            isAccepted[name] = (weight ?? 1) > 0
        }
    }

    func contains(_ coding: String) -> Bool { isAccepted[coding] ?? isAccepted["*"] ?? false }
}

extension Request {
    /// Whether the client has the state with this ETag: If-None-Match is `*`, or a list that has it, weak or strong.
    func hasCurrent(_ etag: String) -> Bool {
        guard let header = headers[.ifNoneMatch] else { return false }
        return header.split(separator: ",").contains { element in
            let known = element.filter { !$0.isWhitespace }
            return known == "*" || known == etag || known == "W/\(etag)"
        }
    }
}
