package import KVLedger
package import KVModel

/// Everything that one caller can do: the only way from a route, the gateway, a WebSocket or a command to stores, jobs and
/// the audit log.
///
/// Each method first checks that the caller has the permission for the resource, and throws `forbidden` otherwise. Then it
/// acts, and returns when what it changed is recorded in the audit log under the caller's name. It is made for each
/// request, and is cheap.
package struct Workspace: Sendable {
    package let principal: Principal
    private let via: AuditVia
    private let request: String
    let context: WorkContext
    let resources: WorkspaceResources

    /// - Parameters:
    ///   - via: How the caller has reached the program.
    ///   - request: The ID of the request.
    ///   - context: On whose behalf engines work.
    package init(
        of principal: Principal, via: AuditVia, request: String, in context: WorkContext,
        _ resources: WorkspaceResources
    ) {
        self.principal = principal
        self.via = via
        self.request = request
        self.context = context
        self.resources = resources
    }

    /// Stored with the changes that the caller makes.
    var origin: RequestOrigin { RequestOrigin(of: principal, via: via, request: request) }

    // MARK: Permissions

    func require(_ permission: Permission) throws(KVError) { try principal.require(permission, in: .everything) }

    /// Returns the store, for a caller who has the permission in it. Throws `store_not_found` too.
    func store(_ name: String, for permission: Permission) throws(KVError) -> Store {
        try principal.require(permission, in: .store(name))
        return try resources.stores.store(named: name)
    }

    /// Returns the engine of the namespace's store, for a caller who has the permission in the namespace. Throws
    /// `store_not_found` too.
    func engine(of location: NamespaceLocation, for permission: Permission) throws(KVError) -> any KeyValueEngine {
        try principal.require(permission, in: .namespace(location.id, store: location.store))
        return engine(of: try resources.stores.store(named: location.store))
    }

    /// The engine of a store, working for the caller.
    func engine(of store: Store) -> any KeyValueEngine {
        // Without a trace there is nothing to bind, and reading costs nothing more.
        context === WorkContext.users ? store.engine : store.engine.working(in: context)
    }

    // MARK: Audit

    /// Records what `body` has changed when it ends, also if it throws. A request that makes several changes records them
    /// together.
    func recording<Result>(_ body: (ChangeList) async throws -> Result) async throws -> Result {
        let changes = ChangeList()
        do {
            let result = try await body(changes)
            await resources.audit.record(changes.all, by: origin)
            return result
        } catch {
            await resources.audit.record(changes.all, by: origin)
            throw error
        }
    }

    /// Returns a page of the audit log, the newest record first. Throws `invalid_cursor`.
    package func audit(_ filter: AuditFilter) async throws -> Page<AuditRecord> {
        try require(.readAudit)
        return try await resources.audit.page(filter)
    }
}
