package import KVModel
package import KVProxy

/// How to reach Workers KV in one account.
package struct CloudflareAccount: Equatable, Sendable {
    package static let publicAPI = "https://api.cloudflare.com/client/v4"

    package var id: String
    package var token: CloudflareToken
    /// Up to and including `/client/v4`, without a slash at its end.
    package var baseURL: String
    package var quota: RequestQuota
    /// Nil: the API is connected to directly.
    package var proxy: ForwardProxy?

    package init(
        id: String, token: CloudflareToken, baseURL: String = publicAPI, quota: RequestQuota = .cloudflare,
        proxy: ForwardProxy? = nil
    ) {
        self.proxy = proxy
        self.id = id
        self.token = token
        self.baseURL = baseURL
        self.quota = quota
    }
}

/// An API token. Its text goes into one header and nowhere else: printed, it is only a name.
package struct CloudflareToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let secret: String

    package init(_ secret: String) {
        self.secret = secret
    }

    package var description: String { "(a token)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
