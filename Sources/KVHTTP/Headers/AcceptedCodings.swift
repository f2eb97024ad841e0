import HTTPTypes
package import Hummingbird

/// The codings of a body that a client accepts, as RFC 9110 (section 12.5.3) writes them: `gzip;q=0.5, *;q=0`.
package struct AcceptedCodings {
    /// By name, in lowercase; `*` stands for those that are not named.
    private var weights: [String: Double] = [:]

    package init(_ request: Request) {
        self.init(request.headers[.acceptEncoding])
    }

    package init(_ header: String?) {
        for element in (header ?? "").split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            weights[name] = weight ?? 1
        }
    }

    /// Whether the client accepts the coding, and does not prefer plain bytes.
    package func contains(_ coding: String) -> Bool {
        let weight = weights[coding] ?? weights["*"] ?? 0
        return weight > 0 && weight >= weights["identity"] ?? 0
    }
}
