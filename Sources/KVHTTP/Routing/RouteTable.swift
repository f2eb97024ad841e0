import HTTPTypes
import Hummingbird
import KVModel

/// The routes: which handler answers a path and a method, and what its requests pass on the way.
///
/// Each route is behind the middleware that was added before it, the first outermost; what no route knows is behind all.
/// `GET` answers `HEAD` as well.
final class RouteTable: HTTPResponderBuilder {
    typealias Handler = @Sendable (Request, AppContext) async throws -> Response

    private var routes: [(path: RouterPath, endpoints: [Endpoint])] = []
    private var middleware: [any Middleware] = []
    /// Answers what no route knows.
    var fallback: Handler = { _, _ in throw HTTPError(.notFound) }

    private let base: BasePath

    /// - Parameter base: Patterns are of what comes behind it.
    init(below base: BasePath = .root) {
        self.base = base
    }

    func add(middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// A path and a method are answered once.
    func on(_ path: RouterPath, method: HTTPRequest.Method, use handler: @escaping Handler) {
        let place = routes.firstIndex { $0.path == path } ?? routes.endIndex
        if place == routes.endIndex { routes.append((path, [])) }
        precondition(!routes[place].endpoints.contains { $0.method == method }, "\(method) \(path) is there twice")
        routes[place].endpoints.append(Endpoint(method: method, handler: behindMiddleware(handler)))
    }

    func get(_ path: RouterPath, use handler: @escaping Handler) { on(path, method: .get, use: handler) }
    func put(_ path: RouterPath, use handler: @escaping Handler) { on(path, method: .put, use: handler) }
    func post(_ path: RouterPath, use handler: @escaping Handler) { on(path, method: .post, use: handler) }
    func patch(_ path: RouterPath, use handler: @escaping Handler) { on(path, method: .patch, use: handler) }
    func delete(_ path: RouterPath, use handler: @escaping Handler) { on(path, method: .delete, use: handler) }

    private func behindMiddleware(_ handler: @escaping Handler) -> Handler {
        var outermost = handler
        for middleware in middleware.reversed() {
            let next = outermost
            outermost = { request, context in try await middleware.handle(request, context, next: next) }
        }
        return outermost
    }

    func buildResponder() -> RouteResponder {
        var tree = PathTree<Route>()
        for (path, endpoints) in routes {
            let pattern = RoutePattern(path)
            let allowed = Self.allowed(endpoints.map(\.method))
            let otherwise = behindMiddleware { request, _ in try Self.answer(request, allowed: allowed) }
            tree.set(Route(pattern: pattern, endpoints: endpoints, otherwise: otherwise), at: pattern)
        }
        return RouteResponder(
            base: base, routes: tree, notFound: behindMiddleware(fallback),
            entrance: behindMiddleware { request, _ in
                let query = request.uri.query.map { "?\($0)" } ?? ""
                return Response(status: .permanentRedirect, headers: [.location: "/\(query)"])
            },
            outside: behindMiddleware { [base] _, _ in
                throw KVError(
                    .routeNotFound, "There is nothing here; this server's addresses begin with \(base.text)/.")
            })
    }
}

extension RouteTable {
    /// The value of `Allow` for an address that has endpoints of these methods.
    private static func allowed(_ methods: [HTTPRequest.Method]) -> String {
        let head = methods.contains(.get) ? [HTTPRequest.Method.head] : []
        return Set(methods + head + [.options]).map(\.rawValue).sorted().joined(separator: ", ")
    }

    /// Answers a method that an address has no endpoint for.
    private static func answer(_ request: Request, allowed: String) throws -> Response {
        guard request.method == .options else { throw MethodNotAllowed(allowed: allowed) }
        return Response(status: .noContent, headers: [.allow: allowed])
    }
}

/// An address was asked for with a method that it has no endpoint for.
struct MethodNotAllowed: Error {
    /// The methods that it has, as the value of `Allow`.
    let allowed: String
}

/// What a request passes on its way to a handler, and the answer on its way back.
protocol Middleware: Sendable {
    func handle(_ request: Request, _ context: AppContext, next: RouteTable.Handler) async throws -> Response
}

/// What is answered at the addresses of one pattern.
struct Route: Sendable {
    let pattern: RoutePattern
    fileprivate let endpoints: [Endpoint]
    /// Answers all other methods.
    let otherwise: RouteTable.Handler

    func handler(for method: HTTPRequest.Method) -> RouteTable.Handler? {
        if let own = endpoints.first(where: { $0.method == method }) { return own.handler }
        guard method == .head, let get = handler(for: .get) else { return nil }
        return { request, context in try await get(request, context).createHeadResponse() }
    }
}

/// A type of its own, for a function within a tuple is called through one more layer.
private struct Endpoint: Sendable {
    let method: HTTPRequest.Method
    let handler: RouteTable.Handler
}

struct RouteResponder: HTTPResponder {
    fileprivate let base: BasePath
    fileprivate let routes: PathTree<Route>
    fileprivate let notFound: RouteTable.Handler
    /// Leads from the base path to the page, which relies on the slash.
    fileprivate let entrance: RouteTable.Handler
    fileprivate let outside: RouteTable.Handler

    @concurrent func respond(to request: Request, context: AppContext) async throws -> Response {
        var context = context
        context.base = base
        guard let path = base.rest(of: request.path) else { return try await outside(request, context) }
        guard !path.isEmpty else { return try await entrance(request, context) }
        context.path = path
        guard let route = routes.value(at: context.path) else { return try await notFound(request, context) }
        context.pattern = route.pattern
        return try await (route.handler(for: request.method) ?? route.otherwise)(request, context)
    }
}

extension Request {
    /// Still percent-encoded.
    fileprivate var path: Substring {
        var address = uri.string
        let end = address.withUTF8 { bytes in
            bytes.first == UInt8(ascii: "/") ? bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count : nil
        }
        return end.map { address[..<address.utf8.index(address.startIndex, offsetBy: $0)] } ?? uri.path[...]
    }
}
