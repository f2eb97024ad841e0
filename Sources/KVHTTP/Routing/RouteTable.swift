package import HTTPTypes
package import Hummingbird
import KVModel

/// The routes: which handler answers a path and a method, and which middleware its requests pass.
///
/// The middleware that was added before a route applies to it, the first outermost; requests without a route pass all of it.
/// `GET` answers `HEAD` as well.
package final class RouteTable<Context: RoutedContext>: HTTPResponderBuilder {
    package typealias Handler = @Sendable (Request, Context) async throws -> Response

    private var routes: [(path: RouterPath, endpoints: [Endpoint<Context>])] = []
    private var middleware: [@Sendable (@escaping Handler) -> Handler] = []
    /// Answers requests without a route.
    package var fallback: Handler = { _, _ in throw HTTPError(.notFound) }

    private let base: BasePath

    /// - Parameter base: The path that precedes each pattern.
    package init(below base: BasePath = .root) {
        self.base = base
    }

    package func add(middleware: some Middleware<Context>) {
        self.middleware.append { next in
            { request, context in try await middleware.handle(request, context, next: next) }
        }
    }

    /// Adds a route. A path and a method have one.
    ///
    /// - Parameter permission: The caller must have it; else the handler is not called.
    package func on(
        _ path: RouterPath, method: HTTPRequest.Method, requires permission: Context.Permission,
        use handler: @escaping Handler
    ) {
        let place = routes.firstIndex { $0.path == path } ?? routes.endIndex
        if place == routes.endIndex { routes.append((path, [])) }
        precondition(!routes[place].endpoints.contains { $0.method == method }, "\(method) \(path) is defined twice")
        let checked = behindMiddleware { request, context in
            try context.require(permission)
            return try await handler(request, context)
        }
        routes[place].endpoints.append(Endpoint(method: method, permission: permission, handler: checked))
    }

    /// All routes, in the order in which they were added.
    package var all: [(pattern: String, method: HTTPRequest.Method, permission: Context.Permission)] {
        routes.flatMap { path, endpoints in
            endpoints.map { (RoutePattern(path).text, $0.method, $0.permission) }
        }
    }

    package func get(_ path: RouterPath, requires permission: Context.Permission, use handler: @escaping Handler) {
        on(path, method: .get, requires: permission, use: handler)
    }

    package func put(_ path: RouterPath, requires permission: Context.Permission, use handler: @escaping Handler) {
        on(path, method: .put, requires: permission, use: handler)
    }

    package func post(_ path: RouterPath, requires permission: Context.Permission, use handler: @escaping Handler) {
        on(path, method: .post, requires: permission, use: handler)
    }

    package func patch(_ path: RouterPath, requires permission: Context.Permission, use handler: @escaping Handler) {
        on(path, method: .patch, requires: permission, use: handler)
    }

    package func delete(_ path: RouterPath, requires permission: Context.Permission, use handler: @escaping Handler) {
        on(path, method: .delete, requires: permission, use: handler)
    }

    private func behindMiddleware(_ handler: @escaping Handler) -> Handler {
        middleware.reversed().reduce(handler) { handler, wrap in wrap(handler) }
    }

    package func buildResponder() -> RouteResponder<Context> {
        var tree = PathTree<Int>()
        var built: [Route<Context>] = []
        for (path, endpoints) in routes {
            let pattern = RoutePattern(path)
            let allowed = Self.allowed(endpoints.map(\.method))
            let otherwise = behindMiddleware { request, _ in try Self.answer(request, allowed: allowed) }
            tree.set(built.count, at: pattern)
            built.append(
                Route(
                    pattern: pattern, methods: endpoints.map(\.method), handlers: endpoints.map(\.handler),
                    otherwise: otherwise))
        }
        return RouteResponder(
            base: base, routes: built, tree: tree, notFound: behindMiddleware(fallback),
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

/// Thrown for a method that an address has no endpoint for.
package struct MethodNotAllowed: Error {
    /// The methods that it has, as the value of `Allow`.
    package let allowed: String
}
