import HTTPTypes
package import Hummingbird

/// What browsers are told not to do with our answers.
package enum SecurityHeaders {
    private static let always = fields([
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ])
    private static let unlessSaid = fields([
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("Cache-Control", "no-store"),
    ])
    /// An ETag is of the bytes as they are sent: a proxy that compresses them changes it, and no condition on it holds.
    private static let unlessSaidOfTagged = unlessSaid.map { field in
        field.name == .cacheControl ? HTTPField(name: field.name, value: "no-store, no-transform") : field
    }

    private static func fields(_ fields: [(name: String, value: String)]) -> [HTTPField] {
        fields.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }
    }

    package static func add(to response: inout Response) {
        guard response.status != .switchingProtocols else { return }
        // With room for the request's id and the date.
        response.headers.reserveCapacity(response.headers.count + always.count + unlessSaid.count + 2)
        for field in always { response.headers.append(field) }
        let defaults = response.headers.contains(.eTag) ? unlessSaidOfTagged : unlessSaid
        for field in defaults where !response.headers.contains(field.name) { response.headers.append(field) }
    }

    /// Over TLS: that browsers are to come by it alone for a year, where the name is this server's and not the machine's.
    package static func addTransport(to response: inout Response, _ hosts: AllowedHosts, _ authority: String?) {
        guard response.status != .switchingProtocols, let authority, hosts.isGivenName(authority) else { return }
        response.headers[.strictTransportSecurity] = "max-age=31536000"
    }
}
