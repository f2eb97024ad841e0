import Crypto
import HTTPTypes
import KVModel

/// Which tokens the gateway accepts. Only their digests are kept.
package struct GatewayTokens: Sendable {
    private let digests: [SHA256Digest]

    /// With none, any is accepted, and so is a request without one.
    package init(_ tokens: [String]) {
        digests = tokens.map { SHA256.hash(data: Array($0.utf8)) }
    }

    /// Returns the client that sent a request. Throws the hosted service's answer to clients that it does not know.
    ///
    /// - Parameter principal: The principal of clients while there are no tokens.
    func client(_ headers: HTTPFields, otherwise principal: Principal) throws(CloudflareError) -> GatewayClient {
        guard let presented = Self.presented(headers) else {
            guard digests.isEmpty else { throw CloudflareError.missingCredentials }
            return GatewayClient(principal: principal, credential: .anonymous)
        }
        let digest = SHA256.hash(data: Array(presented.utf8))
        // Every digest is compared, each in constant time: how long it takes tells nothing about which is like it.
        let matches = digests.reduce(0) { $0 + ($1 == digest ? 1 : 0) }
        guard digests.isEmpty || matches > 0 else { throw CloudflareError.unauthorized }
        return GatewayClient(
            principal: digests.isEmpty ? principal : .gatewayClient,
            credential: GatewayCredential(digest: Array(digest)))
    }

    private static func presented(_ headers: HTTPFields) -> String? {
        if let authorization = headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            // Another scheme is no token of ours, whatever it says.
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
        }
        guard let email = HTTPField.Name("X-Auth-Email"), let key = HTTPField.Name("X-Auth-Key"),
            headers[email] != nil
        else { return nil }
        return headers[key]
    }
}

/// An authenticated client of the gateway.
struct GatewayClient: Sendable {
    let principal: Principal
    let credential: GatewayCredential
}

/// What a quota counts for.
struct GatewayCredential: Hashable, Sendable {
    /// All who present none, or one that is not accepted.
    static let anonymous = GatewayCredential(digest: [])

    let digest: [UInt8]
}
