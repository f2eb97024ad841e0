import HTTPTypes
import Hummingbird
import KVModel

/// Refuses requests that name another host, and changes (or sockets) that a page of another origin asks for.
enum OriginCheck {
    static func check(_ request: Request, _ hosts: AllowedHosts) throws(KVError) {
        // The first Host header has become the authority; another one is left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw KVError(.invalidRequest, "The request names its host twice.")
        }
        guard let authority = request.head.authority, hosts.contains(authority) else {
            throw KVError(
                .hostNotAllowed,
                "This server does not answer to that host name. Use its address, or start it with --allowed-host NAME.")
        }
        let isSafe = !request.mayChange && request.headers[.upgrade] == nil
        if !isSafe, let origin = request.headers[.origin], !Self.isOwn(origin, authority: authority) {
            throw KVError(
                .forbiddenOrigin, "A page of another origin asked for this; only this server's own pages may.")
        }
    }

    private static func isOwn(_ origin: String, authority: String) -> Bool {
        let own = authority.lowercased()
        return ["http://\(own)", "https://\(own)"].contains(origin.lowercased())
    }
}
