import Hummingbird
import KVJobs
import KVModel

struct KeyRoutes {
    let stores: Stores
    let annotations: AnnotationBook
    let bodies: BodyStorage

    func add(to router: RouteTable) {
        router.get("/api/stores/:store/namespaces/:namespace/keys", use: keys)
    }

    /// With `delimiter` one level of the tree, else all keys under the prefix; with `count=true` also how many there are.
    @Sendable private func keys(_ request: Request, _ context: AppContext) async throws -> Response {
        let engine = try context.engine(among: stores)
        let namespace = try context.namespace()
        let query = try Query(request)
        let prefix = try query.bytes("prefix") ?? []
        let keys = KeyQuery(prefix: prefix, cursor: try query.cursor(), limit: try query.limit())
        let reservation = try await bodies.reserve(forPageOf: keys.limit)
        defer { withExtendedLifetime(reservation) {} }
        let counts = try query.boolean("count") ?? false
        let keyCount = counts ? try await engine.count(in: namespace, prefix: prefix) : nil

        let store = try context.part("store")
        var json = JSONWriter(capacity: 64 * 1_024)
        let delimiter = try query.bytes("delimiter") ?? []
        if delimiter.isEmpty {
            let page = try await engine.keys(in: namespace, keys)
            let found = try await annotations.annotations(of: page.items.map(\.key), in: namespace, of: store)
            json.object { json in
                json.name("keys")
                json.array(page.items) { json, info in json.key(info, found[info.key]) }
                if counts { json.member("keyCount", orNull: keyCount) }
                json.member("cursor", orNull: page.cursor?.text)
            }
        } else {
            let page = try await engine.folders(in: namespace, keys, delimiter: delimiter)
            let found = try await annotations.annotations(of: page.keys.map(\.key), in: namespace, of: store)
            json.object { json in
                json.name("keys")
                json.array(page.keys) { json, info in json.key(info, found[info.key]) }
                json.name("folders")
                json.array(page.folders) { json, folder in json.folder(folder) }
                if counts { json.member("keyCount", orNull: keyCount) }
                json.member("cursor", orNull: page.cursor?.text)
            }
        }
        return .json(.ok, json.bytes)
    }
}
