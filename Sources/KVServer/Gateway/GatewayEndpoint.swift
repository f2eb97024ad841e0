import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

/// One of the gateway's routes: what it answers, and how its errors begin.
struct GatewayEndpoint: Sendable {
    typealias Handler = @Sendable (Request, AppContext) async throws -> Response

    let method: HTTPRequest.Method
    /// In the hosted service's words.
    let operation: String
    let permission: Permission
    let handler: Handler

    init(
        _ method: HTTPRequest.Method, _ operation: String, requires permission: Permission,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.operation = operation
        self.permission = permission
        self.handler = handler
    }

    fileprivate func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        do {
            return try await handler(request, context)
        } catch let error where error.isBrokenConnection {
            throw error
        } catch {
            throw CloudflareError(answering: error, during: operation)
        }
    }
}

extension RouteTable<AppContext> {
    /// Adds the endpoints of one address; its other methods are refused.
    func add(_ path: RouterPath, _ endpoints: GatewayEndpoint...) {
        for endpoint in endpoints {
            on(path, method: endpoint.method, requires: endpoint.permission, use: endpoint.answer)
        }
    }

    /// Adds the endpoints of a key, which is at the end of the path. As on the hosted service, slashes within the key need
    /// not be percent-encoded: many small clients do not encode keys at all.
    func add(keysOf path: RouterPath, _ endpoints: GatewayEndpoint...) {
        for path: RouterPath in ["\(path)/:key", "\(path)/:key/**"] {
            for endpoint in endpoints {
                on(path, method: endpoint.method, requires: endpoint.permission, use: endpoint.answer)
            }
        }
    }
}

extension AppContext {
    /// The store and the namespace in the path. The ID is 32 hexadecimal digits, as on the hosted service.
    func hostedLocation() throws -> NamespaceLocation {
        let text = try part("namespace").lowercased()
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0.hexDigit != nil }) else {
            throw CloudflareError.malformedNamespace
        }
        return NamespaceLocation(store: try part("store"), id: NamespaceID(text))
    }

    /// The key at the end of the path, with the slashes in it; one that is too long has a status of its own.
    func shortKey() throws -> Key {
        guard let first = pattern?.part("key", of: path) else { throw CloudflareError.noRoute }
        let raw = path[first.startIndex...], parts = raw.split(separator: "/", omittingEmptySubsequences: false)
        // On their way, clients and proxies leave out such parts: which key is meant is not certain.
        guard parts.count == 1 || parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw CloudflareError.noRoute
        }
        let name = try Self.decoded(raw)
        guard name.utf8.count <= Key.maximumBytes else { throw CloudflareError.keyTooLong(name.utf8.count) }
        return try Key(name)
    }
}

extension Request {
    /// Bytes of a body that is an object of a few members.
    static let smallBody = 1 << 20

    /// Reads an object of JSON. Like the hosted service it passes over members that are not known.
    ///
    /// - Parameter member: reads the value of the member named, or returns false.
    func readMembers(
        _ bodies: BodyStorage, _ member: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool
    ) async throws {
        try await bodies.receive(self, upTo: Self.smallBody).read { bytes in
            var scanner = JSONScanner(body: bytes)
            try CloudflareError.readingBody {
                try scanner.object { name, scanner in
                    if try !member(name, &scanner) { try scanner.skipValue() }
                }
                try scanner.end()
            }
        }
    }
}

extension CloudflareError {
    /// Has what is wrong with a body's JSON told as such; other errors pass.
    static func readingBody<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as JSONScanner.Failure {
            throw CloudflareError.badBody("\(failure)")
        }
    }
}
