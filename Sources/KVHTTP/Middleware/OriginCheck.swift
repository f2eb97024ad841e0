import HTTPTypes
import Hummingbird
import KVModel

/// Refuses requests that name another host, and changes (or sockets) that a page of another origin asks for.
enum OriginCheck {
    /// Paths at which load balancers, with requests of HTTP/1.0 that have no `Host`, look whether the server is well.
    private static let healthPaths: Set<Substring> = ["/healthz", "/readyz"]

    /// - Parameters:
    ///   - path: Below the base path.
    ///   - isSecure: Whether the request came over TLS; a page that did not is then of another origin.
    static func check(_ request: Request, path: Substring, _ hosts: AllowedHosts, isSecure: Bool) throws(KVError) {
        // The first Host header has become the authority; another one is left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw KVError(.invalidRequest, "The request names its host twice.")
        }
        guard let authority = request.head.authority, !authority.isEmpty else {
            // Browsers always send a host, so a page of another name cannot have asked.
            if !request.mayChange, healthPaths.contains(path) { return }
            throw KVError(.invalidRequest, "The request has no Host. Send the name or the address of the server in it.")
        }
        guard try hosts.contains(authority) else {
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

    /// Whether an origin is the one of the pages at the host that a request names.
    ///
    /// Without TLS of the server's own, a proxy may have ended it: pages of either scheme are then its own, and the scheme
    /// of the origin decides which port a host without one has.
    private static func isOwn(_ origin: String, authority: String, _ isSecure: Bool) -> Bool {
        guard let origin = Origin(origin), let host = HostAndPort(authority) else { return false }
        return origin == Origin(origin.scheme, host) && (origin.scheme == .https || !isSecure)
    }
}

extension KVError {
    fileprivate static let otherOrigin = KVError(
        .forbiddenOrigin, "A page of another origin asked for this; only this server's own pages may.")
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self("Sec-Fetch-Site")
}
