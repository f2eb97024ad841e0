package import Hummingbird

/// Handles requests before their handler, and answers after it.
package protocol Middleware<Context>: Sendable {
    associatedtype Context: RoutedContext

    func handle(_ request: Request, _ context: Context, next: RouteTable<Context>.Handler) async throws -> Response
}
