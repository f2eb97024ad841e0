import Hummingbird
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
        let workspace = context.workspace(resources)
        var described: [(store: Store, isReachable: Bool)] = []
        for store in try workspace.stores() {
            described.append((store, await workspace.isReachable(store)))
        }
        return .json { json in
            json.name("stores")
            json.array(described) { json, item in json.store(item.store, isReachable: item.isReachable) }
        }
    }

    @Sendable private func namespaces(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let page = try await context.workspace(resources).namespaces(
            of: context.part("store"), matching: query.text("query") ?? "", from: query.cursor(), limit: query.limit())
        return .json { json in
            json.name("namespaces")
            json.array(page.items) { json, namespace in json.namespace(namespace) }
            json.member("cursor", orNull: page.cursor?.text)
        }
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let store = try context.part("store")
        let change = try await NamespaceChange(request, bodies)
        guard let title = change.title, change.isProtected == nil else {
            throw KVError(.invalidRequest, "A new namespace has only a title: {\"title\": \"…\"}.")
        }
        let namespace = try await context.workspace(resources).createNamespace(titled: title, in: store)
        var response = Response.json(.created, JSONWriter.namespace(namespace))
        response.headers[.location] = "/api/stores/\(PercentCoding.encode(store))/namespaces/\(namespace.id)"
        return response
    }

    @Sendable private func namespace(_ request: Request, _ context: AppContext) async throws -> Response {
        .json(.ok, JSONWriter.namespace(try await context.workspace(resources).namespace(context.location())))
    }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let location = try context.location()
        let change = try await NamespaceChange(request, bodies)
        return .json(.ok, JSONWriter.namespace(try await context.workspace(resources).update(location, change)))
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        try await context.workspace(resources).delete(context.location())
        return Response(status: .noContent)
    }
}

extension NamespaceChange {
    fileprivate static let bodyLimit = 64 * 1_024

    fileprivate init(_ request: Request, _ bodies: BodyStorage) async throws {
        var change = NamespaceChange()
        try await bodies.receive(request, upTo: Self.bodyLimit).read { bytes in
            try JSONObject.read(bytes) { name, scanner in
                switch name {
                case "title": change.title = try scanner.text(atMost: Self.bodyLimit)
                case "protected": change.isProtected = try scanner.boolean()
                default: return false
                }
                return true
            }
        }
        self = change
    }
}

extension JSONWriter {
    fileprivate static func namespace(_ namespace: Namespace) -> [UInt8] {
        var json = JSONWriter()
        json.namespace(namespace)
        return json.bytes
    }

    fileprivate mutating func store(_ store: Store, isReachable: Bool) {
        let traits = store.traits
        object { json in
            json.member("name", store.name)
            json.member("engine", store.engineName)
            json.member("label", store.label)
            json.name("limits")
            json.object { json in
                json.member("keyBytes", traits.limits.keyBytes)
                json.member("valueBytes", traits.limits.valueBytes)
                json.member("metadataBytes", traits.limits.metadataBytes)
                json.member("minimumTTL", traits.limits.minimumTTL)
            }
            json.name("capabilities")
            json.object { json in
                for (name, capability) in EngineCapabilities.named {
                    json.member(name, traits.capabilities.contains(capability))
                }
            }
            json.member("remote", traits.capabilities.contains(.costsQuota))
            json.member("protectsNamespaces", traits.capabilities.contains(.protectsNamespaces))
            if let pace = store.pace { json.pace(pace) }
            json.member("protected", store.isProtected)
            json.member("reachable", isReachable)
        }
    }

    private mutating func pace(_ pace: Pace) {
        name("pace")
        object { json in
            json.member("quota", "\(pace.quota)")
            json.member("requests", pace.quota.requests)
            json.member("seconds", Int(pace.quota.seconds))
            json.member("remaining", pace.remaining)
            json.member("waiting", pace.waiting)
            json.member("throttledUntil", time: pace.throttledUntil)
        }
    }
}
