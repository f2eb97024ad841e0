import HTTPTypes
import Hummingbird
import KVModel
import NIOCore

/// Which names this server answers to.
///
/// A page on the web can make a browser send requests here under a name of its own that it points at 127.0.0.1 (DNS
/// rebinding). So a request must name this server as one names it on purpose: by an address, as localhost, or by a name
/// that was allowed. Addresses are safe: a page cannot choose them as its own origin.
package struct AllowedHosts: Sendable {
    private static let usual: [Substring] = ["127.0.0.1", "localhost"]

    private let names: Set<String>

    package init(_ names: [String] = []) {
        self.names = Set(names.map { $0.lowercased() } + ["localhost"])
    }

    /// - Parameter authority: a host with or without a port, as in the Host header.
    func contains(_ authority: String) -> Bool {
        if Self.usual.contains(authority.prefix { $0 != ":" }) { return true }
        let host = Self.host(of: authority)
        return names.contains(host) || Self.isAddress(host)
    }

    private static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return authority.split(separator: ":", omittingEmptySubsequences: false).first.map { $0.lowercased() } ?? ""
    }

    private static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}

/// Refuses requests that name another host, and changes (or sockets) that a page of another origin asks for.
struct SafeOrigins: RouterMiddleware {
    typealias Context = AppContext

    let hosts: AllowedHosts

    @concurrent func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        // The first Host header has become the authority; another one is left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw KVError(.invalidRequest, "The request names its host twice.")
        }
        guard let authority = request.head.authority, hosts.contains(authority) else {
            throw KVError(
                .hostNotAllowed,
                "This server does not answer to that host name. Use its address, or start it with --allowed-host NAME.")
        }
        let isSafe = [.get, .head, .options].contains(request.method) && request.headers[.upgrade] == nil
        if !isSafe, let origin = request.headers[.origin], !Self.isOwn(origin, authority: authority) {
            throw KVError(
                .forbiddenOrigin, "A page of another origin asked for this; only this server's own pages may.")
        }
        return try await next(request, context)
    }

    private static func isOwn(_ origin: String, authority: String) -> Bool {
        let own = authority.lowercased()
        return ["http://\(own)", "https://\(own)"].contains(origin.lowercased())
    }
}
