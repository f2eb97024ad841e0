import HTTPTypes
package import Hummingbird
package import KVHTTP
import KVLedger
package import KVModel
import KVWorkspace
import Logging
package import NIOCore

/// What a request carries through middleware and routes.
package struct AppContext: RoutedContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    /// The ID of the request, which its answer, the log and the audit log have.
    let id: String
    package var base = BasePath.root
    package var path: Substring = "/"
    package var pattern: RoutePattern?
    /// On whose behalf engines work for the request.
    var work = WorkContext.users
    /// The caller, once it has been authenticated.
    var principal = Principal.anonymous
    /// Of a bulk write's keys, how many are written: fewer than all where the gateway fails on purpose.
    var appliedShare = 1.0

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        id = source.logger[metadataKey: "hb.request.id"]?.description ?? ""
    }

    /// What the caller can do.
    func workspace(_ resources: WorkspaceResources) -> Workspace {
        Workspace(
            of: principal, via: GatewayRoute.contains(path) ? .gateway : .api, request: id, in: work, resources)
    }

    package func require(_ permission: Permission) throws { try principal.require(permission) }

    // MARK: Parts of the path

    /// The key in the path, or in the query where the path has none: proxies change or refuse some characters of paths.
    func key(of request: Request) throws(KVError) -> Key {
        if pattern?.part("key", of: path) == nil {
            guard let bytes = try Query(request).bytes("key", atMost: .max) else {
                throw KVError(.invalidKey, "The address has no key: it comes at the end of the path, or as ?key=.")
            }
            return try Key(utf8: bytes)
        }
        guard let bytes = decodedPart("key") else {
            throw KVError(.invalidKey, "The key in the address is not percent-encoded; a % begins two hex digits.")
        }
        return try Key(utf8: bytes)
    }

    private func decodedPart(_ name: String) -> [UInt8]? {
        pattern?.part(name, of: path).flatMap { PercentCoding.decode($0) }
    }

    /// Throws `namespace_not_found` for text that is too long for an id of any engine.
    private func namespace() throws(KVError) -> NamespaceID {
        let id = NamespaceID(try part("namespace"))
        guard id.text.utf8.count <= TextLimit.name else { throw KVError.noNamespace(id) }
        return id
    }

    /// The store and the namespace in the path.
    func location() throws(KVError) -> NamespaceLocation {
        NamespaceLocation(store: try part("store"), id: try namespace())
    }
}

extension Request {
    /// Bodies below this arrive with their head, or soon after: the write itself refuses them at no greater cost.
    private static let bodyReceivedAnyway = 64 << 10

    /// Throws what speaks against writing to the namespace, before a large body is received.
    func checkWritable(
        _ location: NamespaceLocation, _ workspace: Workspace, for permission: Permission = .write
    ) async throws {
        let length = headers[.contentLength].flatMap { Int($0) } ?? .max
        if length > Self.bodyReceivedAnyway { try await workspace.checkWritable(location, for: permission) }
    }
}
