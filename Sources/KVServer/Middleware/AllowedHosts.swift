import KVModel
import NIOCore
import Synchronization

/// Which names this server answers to.
///
/// A page on the web can make a browser send requests here under a name of its own that it points at 127.0.0.1 (DNS
/// rebinding). So a request must name this server as one names it on purpose: by an address, as localhost, or by a name
/// that was allowed. Addresses are safe: a page cannot choose them as its own origin.
package final class AllowedHosts: Sendable {
    private static let usual = ["127.0.0.1", "localhost"]

    private let names: Mutex<Set<String>>

    package init(_ names: [String] = []) {
        self.names = Mutex(Self.set(names))
    }

    /// From now on these, in place of those before.
    func replace(by names: [String]) {
        self.names.withLock { $0 = Self.set(names) }
    }

    private static func set(_ names: [String]) -> Set<String> { Set(names.map { $0.lowercased() } + ["localhost"]) }

    private func isNamed(_ host: String) -> Bool { names.withLock { $0.contains(host) } }

    /// - Parameter authority: a host with or without a port, as in the Host header.
    func contains(_ authority: String) -> Bool {
        let name = Substring(authority.utf8.prefix { $0 != UInt8(ascii: ":") })
        if Self.usual.contains(where: { $0 == name }) { return true }
        let host = Self.host(of: authority)
        return isNamed(host) || Self.isAddress(host)
    }

    /// Whether it is a name that was given to this server, neither an address nor this machine's name for itself.
    func isGivenName(_ authority: String) -> Bool {
        let host = Self.host(of: authority)
        return host != "localhost" && isNamed(host) && !Self.isAddress(host)
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
