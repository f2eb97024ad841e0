import Hummingbird
import KVHTTP
import KVJobs
import KVModel

struct GatewayNamespaceRoutes {
    let stores: Stores
    let jobs: Jobs
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
        let all = try NamespaceOrder(query).sorted(try await context.engine(among: stores).allNamespaces())
        return .envelope(page, of: all) { json, namespace in json.hosted(namespace) }
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let engine = try context.engine(among: stores)
        let namespace = try await engine.createNamespace(titled: title(request))
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func namespace(_ request: Request, _ context: AppContext) async throws -> Response {
        let namespace = try await context.engine(among: stores).namespace(context.namespaceID())
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func rename(_ request: Request, _ context: AppContext) async throws -> Response {
        let engine = try context.engine(among: stores)
        let id = try context.namespaceID()
        let namespace = try await engine.updateNamespace(id, NamespaceChange(title: try await title(request)))
        return .envelope { $0.hosted(namespace) }
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        try await context.engine(among: stores).deleteNamespace(context.namespaceID())
        try await jobs.endJobs(of: context.namespaceID(), in: context.part("store"), by: context.origin)
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

extension KeyValueEngine {
    /// Every namespace, since pages by number and their total need them all.
    fileprivate func allNamespaces() async throws -> [Namespace] {
        var all: [Namespace] = []
        var cursor: PageCursor?
        repeat {
            let page = try await namespaces(matching: "", from: cursor, limit: 1_000)
            all += page.items
            cursor = page.cursor
        } while cursor != nil
        return all
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
