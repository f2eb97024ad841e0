import AsyncHTTPClient
import Foundation
import KVAPI
import KVClient
import NIOCore
import NIOHTTP1

/// What can be seen at once: it lives, it is ready, it is the right one, and its page is whole.
struct ImmediateChecks {
    private static let section = "Immediate"
    /// Parts of the page.
    private static let most = 500

    let client: APIClient
    let expectedVersion: String?

    func run(_ list: Checklist) async throws {
        try await list.check(Self.section, "alive") {
            let status = try await client.get("/healthz", as: API.Health.self).status
            guard status == API.Health.Status.alive.rawValue else { throw Unmet("/healthz reports \"\(status)\"") }
            return "/healthz answers"
        }
        try await list.check(Self.section, "ready") {
            _ = try await client.get("/readyz", as: API.Health.self)
            return "stores can be reached, the ledger can be written"
        }
        try await list.check(Self.section, "version") {
            let version = try await client.get("/api/version", as: API.Version.self).version
            if let expectedVersion, version != expectedVersion { throw Unmet("\(version), not \(expectedVersion)") }
            return version
        }
        try await list.check(Self.section, "page") { try await page() }
        try await list.check(Self.section, "security headers") { try await headers() }
    }

    /// The page, and everything that it loads and that these load.
    private func page() async throws -> String {
        let start = try await part("/")
        guard start.type == "text/html" else { throw Unmet("/ is \(start.type)") }
        var waiting = try addresses(in: start.text, after: ["src=\"", "href=\""], from: "/")
        var seen: Set<String> = []
        var bytes = start.text.utf8.count
        while let address = waiting.popLast() {
            guard seen.insert(address).inserted, address.hasSuffix(".js") || address.hasSuffix(".css") else { continue }
            guard seen.count <= Self.most else { throw Unmet("more than \(Self.most) parts") }
            let part = try await part(address)
            let wanted = address.hasSuffix(".js") ? "text/javascript" : "text/css"
            guard part.type == wanted else { throw Unmet("\(address) is \(part.type), not \(wanted)") }
            bytes += part.text.utf8.count
            if wanted == "text/javascript" {
                waiting += try addresses(in: part.text, after: ["from \"", "import(\"", "import \""], from: address)
            }
        }
        guard seen.count > 1 else { throw Unmet("/ loads nothing") }
        return "\(seen.count) parts, \(DisplayText.bytes(bytes))"
    }

    private func part(_ address: String) async throws -> (type: String, text: String) {
        let response = try await client.send(.GET, address)
        let type = response.headers.first(name: "Content-Type") ?? "nothing"
        let body = try await response.body.collect(upTo: 4 << 20)
        return (String(type.prefix { $0 != ";" }), String(buffer: body))
    }

    /// Below the server's address, where all of them must lie.
    private func addresses(in text: String, after marks: [String], from place: String) throws -> [String] {
        let root = URL(string: client.address + place)
        return try marks.flatMap { mark in
            try text.components(separatedBy: mark).dropFirst().compactMap { rest -> String? in
                let address = rest.prefix { $0 != "\"" }
                guard address.hasPrefix("/") || address.hasPrefix("."),
                    let found = URL(string: String(address), relativeTo: root)?.absoluteURL.path()
                else { return nil }
                guard let path = client.path(of: found) else {
                    throw Unmet("\(found) is outside of \(client.address); is it the server's --base-path?")
                }
                return path
            }
        }
    }

    private func headers() async throws -> String {
        for path in ["/", "/api/version"] {
            let headers = try await client.send(.GET, path).headers
            let wanted = ["X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"]
            for (name, value) in wanted where headers.first(name: name) != value {
                throw Unmet("\(path): \(name) is \(headers.first(name: name) ?? "not there")")
            }
            if let origin = headers.first(name: "Access-Control-Allow-Origin") {
                throw Unmet("\(path) lets pages of \(origin) read it")
            }
        }
        let policy = try await client.send(.GET, "/").headers.first(name: "Content-Security-Policy") ?? ""
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] where !policy.contains(part) {
            throw Unmet("the Content-Security-Policy lacks \(part)")
        }
        guard !policy.contains("unsafe") else { throw Unmet("the Content-Security-Policy allows what is unsafe") }
        return "as they should be"
    }
}
