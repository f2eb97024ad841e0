import AsyncHTTPClient
import NIOHTTP1

/// What a proxy between a client and the server can break.
enum ProxyFault: Sendable {
    /// A key in the path of an address is changed or refused.
    case path
    case headers
    case body
    /// A compressed answer gets another ETag.
    case etag
    /// The server sees another `Host` than the client sent.
    case host
    case upgrade
    case idleSocket
    case heldAnswer
}

/// A proxy that names itself in its answers.
enum ReverseProxy: String, CaseIterable, Sendable {
    case nginx
    case caddy = "Caddy"
    case haproxy = "HAProxy"
    case apache = "Apache"

    /// By `Server` and `Via`. HAProxy sends neither.
    init?(_ headers: HTTPHeaders) {
        let names = (headers["Server"] + headers["Via"]).joined(separator: " ").lowercased()
        let known = Self.allCases.first { proxy in proxy.marks.contains { names.contains($0) } }
        guard let known else { return nil }
        self = known
    }

    private var marks: [String] {
        switch self {
        case .nginx: ["nginx", "openresty"]
        case .caddy: ["caddy"]
        case .haproxy: ["haproxy"]
        case .apache: ["apache"]
        }
    }

    /// Whether something other than KV Manager has written the head of an answer. KV Manager speaks HTTP/1.1, has neither of the
    /// two headers, and capitalizes their names, which HAProxy does not.
    static func hasWritten(_ response: HTTPClientResponse) -> Bool {
        response.version != .http1_1 || response.headers.contains(name: "Server")
            || response.headers.contains(name: "Via") || response.headers.contains { $0.name == "content-type" }
    }

    /// Returns what to change in the configuration, of all four where the proxy is unknown.
    static func advice(on fault: ProxyFault, in proxy: ReverseProxy?) -> String {
        if let proxy { return "In \(proxy.rawValue), \(proxy.change(for: fault))." }
        let changes = allCases.map { "in \($0.rawValue), \($0.change(for: fault))" }
        return "If a proxy is in between: \(changes.joined(separator: "; "))."
    }

    private func change(for fault: ProxyFault) -> String {
        switch self {
        case .nginx: Self.nginx(fault)
        case .caddy: Self.caddy(fault)
        case .haproxy: Self.haproxy(fault)
        case .apache: Self.apache(fault)
        }
    }

    private static func nginx(_ fault: ProxyFault) -> String {
        switch fault {
        case .path: "end proxy_pass with the host and port, without a path or a slash, and remove rewrite"
        case .headers: "set large_client_header_buffers 4 16k and proxy_buffer_size 8k"
        case .body: "set client_max_body_size 0"
        case .etag: "set gzip off; KV Manager compresses by itself"
        case .host: "set proxy_set_header Host $http_host"
        case .upgrade:
            "set proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header Connection upgrade"
        case .idleSocket, .heldAnswer: "set proxy_read_timeout 90s"
        }
    }

    private static func caddy(_ fault: ProxyFault) -> String {
        switch fault {
        case .path: "remove rewrite"
        case .headers: "remove max_header_size, or set at least 16KB"
        case .body: "remove max_size of request_body"
        case .etag: "remove encode; KV Manager compresses by itself"
        case .host: "remove header_up Host"
        case .upgrade: "remove header_up for Upgrade and Connection"
        case .idleSocket: "remove stream_timeout, and read_timeout of the transport"
        case .heldAnswer: "remove response_header_timeout and read_timeout of the transport, or set at least 90s"
        }
    }

    private static func haproxy(_ fault: ProxyFault) -> String {
        switch fault {
        case .path: "remove http-request set-path and replace-path"
        case .headers: "remove tune.bufsize, or set at least 16384"
        case .body: "remove the http-request rule on req.body_size or Content-Length"
        case .etag: "remove compression; KV Manager compresses by itself"
        case .host: "remove http-request set-header Host"
        case .upgrade: "set mode http, and remove http-request del-header Upgrade"
        case .idleSocket: "set timeout tunnel 1h"
        case .heldAnswer: "set timeout server 90s"
        }
    }

    private static func apache(_ fault: ProxyFault) -> String {
        switch fault {
        case .path: "set AllowEncodedSlashes NoDecode in the virtual host, and add nocanon to ProxyPass"
        case .headers: "remove LimitRequestFieldSize and responsefieldsize of ProxyPass, or set at least 8190"
        case .body: "set LimitRequestBody 0, and SecRequestBodyLimit of mod_security to the largest value"
        case .etag: "add SetEnv no-gzip 1; KV Manager compresses by itself"
        case .host: "set ProxyPreserveHost On"
        case .upgrade: "add upgrade=websocket to ProxyPass, which Apache has from 2.4.47 on"
        case .idleSocket, .heldAnswer: "set ProxyTimeout 90, or timeout=90 in ProxyPass"
        }
    }
}
