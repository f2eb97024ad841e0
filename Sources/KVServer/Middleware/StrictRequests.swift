import HTTPTypes
import Hummingbird
import KVModel

/// Refuses what would be understood otherwise than it was meant.
struct StrictRequests: RouterMiddleware {
    typealias Context = AppContext

    @concurrent func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        // The router passes over empty parts of a path: `entries//x` would be the key `x`, where `/x` was meant.
        guard !Self.hasEmptyPart(request.uri.path) else {
            throw KVError(
                .routeNotFound, "The path has an empty part. A slash within a key is written %2F in an address.")
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw KVError(
                .unsupportedEncoding,
                "The body is coded as \"\(coding)\", which is not undone here; send it plain. "
                    + "(An import finds out about gzip by itself.)")
        }
        return try await next(request, context)
    }

    /// An empty key at the end has an answer of its own.
    private static func hasEmptyPart(_ path: String) -> Bool {
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/"), previous == byte { return true }
            previous = byte
        }
        return path != "/" && path.hasSuffix("/") && !path.hasSuffix("/entries/") && !path.hasSuffix("/values/")
    }
}
