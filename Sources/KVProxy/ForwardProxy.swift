package import AsyncHTTPClient
package import Foundation
package import KVModel
package import NIOCore
import NIOHTTP1
import NIOPosix

/// The HTTP proxy through which the program connects to a server, as an environment variable names it.
///
/// Printed, it has neither the user nor the password.
package struct ForwardProxy: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private struct Login: Hashable {
        var user: String
        var password: String
    }

    private let host: String
    private let port: Int
    private let login: Login?
    private let variable: String

    /// The proxy for a URL: that of `https_proxy` or `http_proxy`, by the scheme, or else of `all_proxy`. The names in upper case
    /// are read where those in lower case are not set.
    ///
    /// Returns nil where the server is connected to directly: no variable is set, `no_proxy` lists the host, or the server is on
    /// this machine. Throws `invalid_request`, with the name of the variable, for a text that is not understood.
    ///
    /// - Parameter environment: Returns the text of a variable; nil for one that is not set.
    package static func proxy(
        for url: URL, _ environment: (String) -> String?
    ) throws(KVError) -> ForwardProxy? {
        func first(of names: [String]) -> (name: String, text: String)? {
            for name in names { if let text = environment(name), !text.isEmpty { return (name, text) } }
            return nil
        }
        guard let scheme = url.scheme, let host = url.host else { return nil }
        let names = ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY", "all_proxy", "ALL_PROXY"]
        guard let (name, text) = first(of: names), !DirectHosts.isThisMachine(host) else { return nil }
        if let (name, text) = first(of: ["no_proxy", "NO_PROXY"]) {
            let port = url.port ?? (scheme == "https" ? 443 : 80)
            guard try !DirectHosts(text, variable: name).contain(host, port: port) else { return nil }
        }
        return try ForwardProxy(text, variable: name)
    }

    /// Schemes of proxies that other programs know.
    private static let otherSchemes: Set = ["https", "socks", "socks4", "socks4a", "socks5", "socks5h"]

    private init(_ text: String, variable: String) throws(KVError) {
        let hasScheme = text.contains("://")
        let parts = URLComponents(string: hasScheme ? text : "http://\(text)", encodingInvalidCharacters: false)
        guard let parts, parts.scheme?.lowercased() == "http", let host = parts.host, !host.isEmpty,
            let port = parts.port, (1...65_535).contains(port), ["", "/"].contains(parts.path), parts.query == nil,
            parts.fragment == nil
        else {
            let scheme = parts?.scheme?.lowercased() ?? ""
            let reason =
                Self.otherSchemes.contains(scheme)
                ? "a proxy of the scheme \"\(scheme)\" is not supported" : "the text is not the address of a proxy"
            throw KVError(
                .invalidRequest,
                "\(variable): \(reason). Use http://host:port or http://user:password@host:port, and percent-encode special "
                    + "characters in the user and the password. NO_PROXY lists hosts to connect to without the proxy.")
        }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        self.port = port
        login = parts.user.map { Login(user: $0, password: parts.password ?? "") }
        self.variable = variable
    }

    // MARK: Connecting

    private var authorization: HTTPClient.Authorization? {
        login.map { .basic(username: $0.user, password: $0.password) }
    }

    package var configuration: HTTPClient.Configuration.Proxy {
        .server(host: host, port: port, authorization: authorization)
    }

    /// Returns a connection to a server through the proxy, on which nothing has been sent to the server yet.
    package func connect(to target: String, port targetPort: Int, within time: TimeAmount) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(time).connect(host: host, port: port).get()
        let authority = "\(target.contains(":") ? "[\(target)]" : target):\(targetPort)"
        var head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: authority, headers: ["Host": authority])
        if let authorization { head.headers.add(name: "Proxy-Authorization", value: authorization.headerValue) }
        try await ProxyTunnel.open(by: head, on: channel, within: time)
        return channel
    }

    // MARK: Text

    package var description: String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port) (\(variable))"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// A sentence on an error of the proxy rather than of the server; nil for other errors.
    ///
    /// - Parameter server: The host to connect to.
    package func explanation(of error: any Error, server: String) -> String? {
        switch error as? HTTPClientError {
        case .proxyAuthenticationRequired where login == nil:
            return
                "The proxy \(self) requires a user and a password. Set \(variable) to http://user:password@host:port."
        case .proxyAuthenticationRequired:
            return "The proxy \(self) refused the user or the password in \(variable). Correct them."
        case .invalidProxyResponse, .httpProxyHandshakeTimeout:
            return
                "The proxy \(self) did not connect to \(server): it does not allow it, or cannot reach it. Allow \(server) "
                + "there, or add it to NO_PROXY."
        case .connectTimeout: return unreachable(server)
        default: return Self.isRefusedConnection(error) ? unreachable(server) : nil
        }
    }

    /// An error of an established connection may be that of the server.
    private static func isRefusedConnection(_ error: any Error) -> Bool {
        let codes = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT]
        return error is NIOConnectionError || (error as? IOError).map { codes.contains($0.errnoCode) } ?? false
    }

    private func unreachable(_ server: String) -> String {
        "The proxy \(self) cannot be reached. Correct \(variable), or add \(server) to NO_PROXY."
    }
}
