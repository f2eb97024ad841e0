import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

struct GatewayNamespaceRoutes {
    let resources: WorkspaceResources
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.add(
            GatewayRoute.namespaces, GatewayEndpoint(.get, "list namespaces", requires: .read, list),
            GatewayEndpoint(.post, "create namespace", requires: .manageNamespaces, create))
        router.add(
            GatewayRoute.namespace, GatewayEndpoint(.get, "get namespace", requires: .read, namespace),
            GatewayEndpoint(.put, "rename namespace", requires: .manageNamespaces, rename),
            GatewayEndpoint(.delete, "remove namespace", requires: .manageNamespaces, delete))
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let page = try NumberedPage(query)
        let order = try NamespaceOrder(query)
        let store = try context.part("store")
        let all = order.sorted(try await context.workspace(resources).allNamespaces(of: store))
        return .envelope(page, of: all) { json, namespace in json.hosted(namespace) }
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let store = try context.part("store")
        let namespace = try await context.workspace(resources).createNamespace(titled: title(request), in: store)
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func namespace(_ request: Request, _ context: AppContext) async throws -> Response {
        let namespace = try await context.workspace(resources).namespace(context.hostedLocation())
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func rename(_ request: Request, _ context: AppContext) async throws -> Response {
        let location = try context.hostedLocation()
        let change = NamespaceChange(title: try await title(request))
        let namespace = try await context.workspace(resources).update(location, change)
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        try await context.workspace(resources).delete(context.hostedLocation())
        return .emptyEnvelope
    }

    private func title(_ request: Request) async throws -> String {
        var title: String?
        try await request.readMembers(bodies) { name, scanner in
            guard name == "title" else { return false }
            title = scanner.takeNull() ? nil : try scanner.text(atMost: Request.smallBody)
            return true
        }
        return try Namespace.checkedTitle(title ?? "")
    }
}

private struct NamespaceOrder {
    private enum Order: String, CaseIterable { case id, title }
    private enum Direction: String, CaseIterable { case asc, desc }

    private let order: Order
    private let isDescending: Bool

    init(_ query: Query) throws {
        order = try query.choice("order", Order.self) ?? .title
        isDescending = try query.choice("direction", Direction.self) == .desc
    }

    func sorted(_ namespaces: [Namespace]) -> [Namespace] {
        let keyed = namespaces.map { (key: Array((order == .id ? $0.id.text : $0.title).utf8), namespace: $0) }
        let sorted = keyed.sorted { $0.key.precedesBytewise($1.key) }.map(\.namespace)
        return isDescending ? sorted.reversed() : sorted
    }
}

extension JSONWriter {
    fileprivate mutating func hosted(_ namespace: Namespace) {
        object { json in
            json.member("id", namespace.id.text)
            json.member("title", namespace.title)
            json.member("supports_url_encoding", true)
        }
    }
}
