package import KVModel

/// The user who made a request, and how the request reached the program.
package struct RequestOrigin: Hashable, Codable, Sendable {
    package var user: String
    package var via: AuditVia
    /// The request's ID, which its answer and the log have too.
    package var request: String?

    package init(user: String, via: AuditVia, request: String? = nil) {
        self.user = user
        self.via = via
        self.request = request
    }

    package init(of principal: Principal, via: AuditVia, request: String? = nil) {
        self.init(user: principal.name, via: via, request: request)
    }
}
