import HTTPTypes
import Hummingbird

/// What browsers are told not to do with our answers.
enum SecurityHeaders {
    private static let always = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    private static let forData = "default-src 'none'; frame-ancestors 'none'; sandbox"

    static func add(to response: inout Response) {
        guard response.status != .switchingProtocols else { return }
        response.headers.append(contentsOf: always)
        if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = forData }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }
}
