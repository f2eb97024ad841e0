import HTTPTypes
package import Hummingbird

/// Finds the route of each request by the bytes of its path, and has it answer.
package struct RouteResponder<Context: RoutedContext>: HTTPResponder {
    let base: BasePath
    let routes: [Route<Context>]
    /// Indexes of `routes`.
    let tree: PathTree<Int>
    let notFound: RouteTable<Context>.Handler
    /// Redirects the base path without a slash to the page, which relies on the slash.
    let entrance: RouteTable<Context>.Handler
    let outside: RouteTable<Context>.Handler

    @concurrent package func respond(to request: Request, context: Context) async throws -> Response {
        var context = context
        context.base = base
        guard let path = base.rest(of: request.path) else { return try await outside(request, context) }
        guard !path.isEmpty else { return try await entrance(request, context) }
        context.path = path
        guard let index = tree.value(at: path) else { return try await notFound(request, context) }
        let route = routes[index]
        context.pattern = route.pattern
        return try await (route.handler(for: request.method) ?? route.otherwise)(request, context)
    }
}

/// The handlers at the addresses of one pattern.
struct Route<Context: RoutedContext>: Sendable {
    let pattern: RoutePattern
    let methods: [HTTPRequest.Method]
    /// One for each of `methods`.
    let handlers: [RouteTable<Context>.Handler]
    /// Answers all other methods.
    let otherwise: RouteTable<Context>.Handler

    func handler(for method: HTTPRequest.Method) -> RouteTable<Context>.Handler? {
        if let index = methods.firstIndex(of: method) { return handlers[index] }
        guard method == .head, let get = handler(for: .get) else { return nil }
        return { request, context in try await get(request, context).createHeadResponse() }
    }
}

/// A type rather than a tuple, since a function within a tuple is called through one more layer.
struct Endpoint<Context: RoutedContext>: Sendable {
    let method: HTTPRequest.Method
    let permission: Context.Permission
    let handler: RouteTable<Context>.Handler
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
