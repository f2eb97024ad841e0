/// The caller of a request: who it is, how it authenticated, and what it may do.
package struct Principal: Hashable, Sendable {
    package enum Authentication: Hashable, Sendable {
        /// None. The caller reached the program, and no sign-in is required.
        case none
        /// The command key, which is in the data folder.
        case commandKey
        /// A token of the gateway.
        case gatewayToken
    }

    /// The name in the audit log.
    package let name: String
    package let authentication: Authentication
    private let permissions: Set<Permission>
    /// Most requests are of such a principal, which is quicker to see than that it has one of them.
    private let hasAll: Bool

    package init(name: String, authentication: Authentication, permissions: Set<Permission>) {
        self.name = name
        self.authentication = authentication
        self.permissions = permissions
        hasAll = permissions.count == Permission.allCases.count
    }

    package func has(_ permission: Permission) -> Bool {
        hasAll || permission == .public || permissions.contains(permission)
    }

    /// Throws `forbidden` with the permission that is missing.
    ///
    /// - Parameter scope: Where the permission is needed. While there are no grants, a principal has it everywhere or nowhere.
    package func require(_ permission: Permission, in scope: PermissionScope = .everything) throws(KVError) {
        guard has(permission) else {
            throw KVError(
                .forbidden,
                "This needs the permission \"\(permission.rawValue)\"\(scope), which \"\(name)\" does not have.")
        }
    }
}

extension Principal {
    private static let owner = "local"

    /// A caller that has not been authenticated; it may do what is public.
    package static let anonymous = Principal(name: "anonymous", authentication: .none, permissions: [])

    /// Every caller while no sign-in is required: it has all permissions.
    package static let local = Principal(
        name: owner, authentication: .none, permissions: Set(Permission.allCases))

    /// A command on this machine that works on the data folder.
    package static let commandLine = Principal(
        name: owner, authentication: .commandKey, permissions: Set(Permission.allCases))

    /// A client of the gateway with a token, which gives full access to the gateway and to nothing else.
    package static let gatewayClient = Principal(
        name: owner, authentication: .gatewayToken,
        permissions: [.signedIn, .read, .write, .delete, .manageNamespaces])
}
