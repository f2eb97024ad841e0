package import KVModel
import Synchronization

/// The hosts that this server answers to.
///
/// A page on the web can make a browser send requests here under a name of its own that it points at 127.0.0.1 (DNS
/// rebinding). So a request must name this server by an address, as localhost, or by a name that was allowed. Addresses
/// are safe: a page cannot choose them as its own origin.
package final class AllowedHosts: Sendable {
    private static let usual = ["127.0.0.1", "localhost"]

    private struct Names {
        var exact: Set<String>
        /// Each with the dot before it.
        var suffixes: [String]

        init(_ hosts: [AllowedHost]) {
            exact = Set(hosts.filter { !$0.isWildcard }.compactMap(\.name))
            suffixes = hosts.filter(\.isWildcard).compactMap(\.name).map { ".\($0)" }
        }

        func contains(_ name: String) -> Bool {
            exact.contains(name) || suffixes.contains { name.hasSuffix($0) }
        }
    }

    private let names: Mutex<Names>
    /// The name at which the server listens, if it is not an address.
    private let listening: [AllowedHost]

    /// - Parameter listening: The name or address at which the server listens; it always answers to that.
    package init(_ hosts: [AllowedHost] = [], listeningAt listening: String = "localhost") {
        self.listening = (try? AllowedHost(listening)).map { [$0] } ?? []
        names = Mutex(Names(hosts + self.listening))
    }

    /// Replaces the hosts that were allowed so far.
    package func replace(by hosts: [AllowedHost]) {
        names.withLock { $0 = Names(hosts + listening) }
    }

    /// Whether this server answers to a host, given with or without a port as in the `Host` header.
    ///
    /// Throws `invalid_request` for text that is not a host and perhaps a port.
    package func contains(_ authority: String) throws(KVError) -> Bool {
        if Self.usual.contains(where: { HostAndPort.isPlainly($0, authority) }) { return true }
        guard let parsed = HostAndPort(authority) else {
            throw KVError(
                .invalidRequest, "The Host of the request is invalid: use a name or an address, and perhaps a port.")
        }
        return switch parsed.host {
        case .address: true
        case .name(let name): name == "localhost" || names.withLock { $0.contains(name) }
        }
    }

    /// Whether it is a name that was given to this server, neither an address nor this machine's name for itself.
    package func isGivenName(_ authority: String) -> Bool {
        guard case .name(let name) = HostAndPort(authority)?.host, name != "localhost" else { return false }
        return names.withLock { $0.contains(name) }
    }
}
