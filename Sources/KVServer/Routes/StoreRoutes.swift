import Hummingbird
import KVAPI
import KVHTTP
import KVModel
import KVWorkspace
import NIOCore

struct StoreRoutes {
    let resources: WorkspaceResources
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/stores", requires: .read) { _, context in try await list(context) }
        router.get("/api/stores/:store/namespaces", requires: .read, use: namespaces)
        router.post("/api/stores/:store/namespaces", requires: .manageNamespaces, use: create)
        router.get("/api/stores/:store/namespaces/:namespace", requires: .read, use: namespace)
        router.patch("/api/stores/:store/namespaces/:namespace", requires: .manageNamespaces, use: change)
        router.delete("/api/stores/:store/namespaces/:namespace", requires: .manageNamespaces, use: delete)
    }

    private func list(_ context: AppContext) async throws -> Response {
        let stores = try await context.workspace(resources).storesWithReachability()
        return try .json(.ok, API.StoreList(stores: stores.map { API.Store($0.store, isReachable: $0.isReachable) }))
    }

    @Sendable private func namespaces(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let page = try await context.workspace(resources).namespaces(
            of: context.part("store"), matching: query.text("query") ?? "", from: query.cursor(), limit: query.limit())
        return try .json(.ok, API.NamespacePage(page))
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let store = try context.part("store")
        let sent = try await API.NamespaceUpdate(request, bodies)
        guard let title = sent.title, sent.protected == nil else {
            throw KVError(.invalidRequest, "A new namespace has only a title: {\"title\": \"…\"}.")
        }
        let namespace = try await context.workspace(resources).createNamespace(titled: title, in: store)
        let path = "/api/stores/\(PercentCoding.encode(store))/namespaces/\(namespace.id)"
        return try .json(.created, API.Namespace(namespace), headers: [.location: path])
    }

    @Sendable private func namespace(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .json(.ok, API.Namespace(context.workspace(resources).namespace(context.location())))
    }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let location = try context.location()
        let sent = try await API.NamespaceUpdate(request, bodies)
        let change = NamespaceChange(title: sent.title, isProtected: sent.protected)
        return try await .json(.ok, API.Namespace(context.workspace(resources).update(location, change)))
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        try await context.workspace(resources).delete(context.location())
        return Response(status: .noContent)
    }
}

extension API.NamespaceUpdate {
    private static let bodyLimit = 64 * 1_024

    /// Reads the body of a request.
    fileprivate init(_ request: Request, _ bodies: BodyStorage) async throws {
        var update = Self()
        try await bodies.receive(request, upTo: Self.bodyLimit).read { bytes in
            try JSONObject.read(bytes) { name, scanner in
                switch name {
                case "title": update.title = try scanner.text(atMost: Self.bodyLimit)
                case "protected": update.protected = try scanner.boolean()
                default: return false
                }
                return true
            }
        }
        self = update
    }
}
