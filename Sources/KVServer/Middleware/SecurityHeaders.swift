import HTTPTypes
import Hummingbird

/// What browsers are told not to do with our answers.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = AppContext

    private static let always = [
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    private static let forData = "default-src 'none'; frame-ancestors 'none'; sandbox"

    @concurrent func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard response.status != .switchingProtocols else { return response }
        response.headers[.xContentTypeOptions] = "nosniff"
        for field in Self.always { response.headers[field.name] = field.value }
        if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = Self.forData }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
