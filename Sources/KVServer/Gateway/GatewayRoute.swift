import Hummingbird

/// Where the gateway lies, and what its routes are called.
struct GatewayRoute: Sendable {
    private static let root = "/client/v4"
    /// What labels leave out, the longest first.
    private static let prefixes = [
        "\(root)/accounts/{store}/storage/kv/namespaces/{namespace}", "\(root)/accounts/{store}/storage/kv", root,
    ]

    static let user: RouterPath = "/client/v4/user"
    static let memberships: RouterPath = "/client/v4/memberships"
    static let accounts: RouterPath = "/client/v4/accounts"
    static let namespaces: RouterPath = "/client/v4/accounts/:store/storage/kv/namespaces"
    static let namespace: RouterPath = "\(namespaces)/:namespace"

    /// Such as `GET …/values/{key}`.
    let label: String
    let isBulkWrite: Bool
    let isVerification: Bool

    static func contains(_ path: some StringProtocol) -> Bool {
        path.utf8.starts(with: root.utf8)
            && (path.utf8.count == root.utf8.count || path.utf8.dropFirst(root.utf8.count).first == UInt8(ascii: "/"))
    }

    /// - Parameter endpoint: the pattern that the router found; nil where there is none.
    init(_ request: Request, endpoint: String?) {
        guard let endpoint else {
            label = "other"
            isBulkWrite = false
            isVerification = false
            return
        }
        let prefix = Self.prefixes.first { endpoint.hasPrefix($0 + "/") } ?? ""
        let path = endpoint.dropFirst(prefix.count), isOpen = path.hasSuffix("/**")
        label = "\(request.method.rawValue) …\(path.dropLast(isOpen ? 3 : 0))"
        isBulkWrite = endpoint.hasSuffix("/bulk") || endpoint.hasSuffix("/bulk/delete")
        isVerification = endpoint.hasSuffix("/tokens/verify")
    }
}
