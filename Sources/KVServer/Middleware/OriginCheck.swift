import HTTPTypes
import Hummingbird
import KVModel

/// Refuses requests that name another host, and changes (or sockets) that a page of another origin asks for.
enum OriginCheck {
    /// - Parameter isSecure: Whether it came by TLS; then a page that did not is another one, whatever its name.
    static func check(_ request: Request, _ hosts: AllowedHosts, isSecure: Bool) throws(KVError) {
        // The first Host header has become the authority; another one is left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw KVError(.invalidRequest, "The request names its host twice.")
        }
        guard let authority = request.head.authority, try hosts.contains(authority) else {
            throw KVError(
                .hostNotAllowed,
                "This server does not answer to that host name. Use its address, or start it with --allowed-host NAME.")
        }
        let isSafe = !request.mayChange && request.headers[.upgrade] == nil
        guard !isSafe else { return }
        if let origin = request.headers[.origin], !Self.isOwn(origin, authority: authority, isSecure) {
            throw KVError.otherOrigin
        }
        // Browsers send it where they leave Origin out, and pages cannot change it.
        let site = HTTPField.Name.secFetchSite.flatMap { request.headers[$0] }
        if let site, site != "same-origin", site != "none" { throw KVError.otherOrigin }
    }

    /// Without TLS of ours, it may be a proxy's.
    private static func isOwn(_ origin: String, authority: String, _ isSecure: Bool) -> Bool {
        let own = authority.lowercased(), origin = origin.lowercased()
        return origin == "https://\(own)" || !isSecure && origin == "http://\(own)"
    }
}

extension KVError {
    fileprivate static let otherOrigin = KVError(
        .forbiddenOrigin, "A page of another origin asked for this; only this server's own pages may.")
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self("Sec-Fetch-Site")
}
