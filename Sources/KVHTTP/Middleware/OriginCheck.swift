import HTTPTypes
package import Hummingbird
package import KVModel

/// Refuses requests that name another host, and changes (or sockets) that a page of another origin asks for.
package struct OriginCheck: Sendable {
    private let hosts: AllowedHosts
    private let isSecure: Bool
    private let pathsWithoutHost: Set<Substring>

    /// - Parameters:
    ///   - isSecure: Whether requests come over TLS; a page that did not is then of another origin.
    ///   - pathsWithoutHost: Paths, below the base path, that may be read without `Host`: load balancers check the health of
    ///     a server with requests of HTTP/1.0.
    package init(_ hosts: AllowedHosts, isSecure: Bool, pathsWithoutHost: Set<Substring>) {
        self.hosts = hosts
        self.isSecure = isSecure
        self.pathsWithoutHost = pathsWithoutHost
    }

    /// - Parameter path: The path below the base path.
    package func check(_ request: Request, path: Substring) throws(KVError) {
        // The first Host header has become the authority; another one is left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw KVError(.invalidRequest, "The request names its host twice.")
        }
        guard let authority = request.head.authority, !authority.isEmpty else {
            // Browsers always send a host, so a page of another name cannot have asked.
            if !request.mayChange, pathsWithoutHost.contains(path) { return }
            throw KVError(.invalidRequest, "The request has no Host. Send the name or the address of the server in it.")
        }
        guard try hosts.contains(authority) else {
            throw KVError(
                .hostNotAllowed,
                "This server does not answer to that host name. Use its address, or start it with --allowed-host NAME.")
        }
        let isSafe = !request.mayChange && request.headers[.upgrade] == nil
        guard !isSafe else { return }
        if let origin = request.headers[.origin], !isOwn(origin, authority: authority) { throw Self.otherOrigin }
        // Browsers send it where they leave Origin out, and pages cannot change it.
        let site = HTTPField.Name.secFetchSite.flatMap { request.headers[$0] }
        if let site, site != "same-origin", site != "none" { throw Self.otherOrigin }
    }

    /// Whether an origin is the one of the pages at the host that a request names.
    ///
    /// Without TLS of the server's own, a proxy may have ended it: pages of either scheme are then its own, and the scheme
    /// of the origin decides which port a host without one has.
    private func isOwn(_ origin: String, authority: String) -> Bool {
        guard let origin = Origin(origin), let host = HostAndPort(authority) else { return false }
        return origin == Origin(origin.scheme, host) && (origin.scheme == .https || !isSecure)
    }

    private static let otherOrigin = KVError(
        .forbiddenOrigin, "A page of another origin asked for this; only this server's own pages may.")
}

extension Request {
    /// Whether its method is one that may change something.
    package var mayChange: Bool { method != .get && method != .head && method != .options }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self("Sec-Fetch-Site")
}
