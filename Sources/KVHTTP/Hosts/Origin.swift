/// The origin of a web page, as in the `Origin` header (RFC 6454): a scheme, a host and a port.
struct Origin: Equatable, Sendable {
    enum Scheme: String, CaseIterable {
        case http, https

        /// The port of an address that has none.
        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    let scheme: Scheme
    let host: HostAndPort.Host
    let port: Int

    /// Returns nil for `null` and for other text that is not the origin of a page that was loaded over HTTP.
    init?(_ text: String) {
        for scheme in Scheme.allCases where text.lowercased().hasPrefix("\(scheme.rawValue)://") {
            guard let authority = HostAndPort(String(text.dropFirst(scheme.rawValue.count + 3))) else { return nil }
            self.init(scheme, authority)
            return
        }
        return nil
    }

    /// The origin of the pages at a host that is reached by a scheme.
    init(_ scheme: Scheme, _ authority: HostAndPort) {
        self.scheme = scheme
        host = authority.host
        port = authority.port ?? scheme.defaultPort
    }
}
