import Hummingbird
import KVFiles
import KVHTTP
import KVJobs
import KVLedger
import KVModel

struct KeyRoutes {
    /// Bytes of a page whose coding would hold up the other connections of an event loop.
    static let muchWork = 256 << 10

    let stores: Stores
    let annotations: any AnnotationStore
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/stores/:store/namespaces/:namespace/keys", requires: .read, use: keys)
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
        let delimiter = try query.bytes("delimiter") ?? []
        let level: FolderPage
        if delimiter.isEmpty {
            let page = try await engine.keys(in: namespace, keys)
            level = FolderPage(keys: page.items, folders: [], cursor: page.cursor)
        } else {
            level = try await engine.folders(in: namespace, keys, delimiter: delimiter)
        }
        let found = try await annotations.annotations(of: level.keys.map(\.key), in: namespace, of: store)
        let json = try await Blocking.run(if: level.keys.metadataBytes > Self.muchWork) {
            var json = JSONWriter(capacity: 64 * 1_024)
            json.object { json in
                json.name("keys")
                json.array(level.keys) { json, info in json.key(info, found[info.key]) }
                if !delimiter.isEmpty {
                    json.name("folders")
                    json.array(level.folders) { json, folder in json.folder(folder) }
                }
                if counts { json.member("keyCount", orNull: keyCount) }
                json.member("cursor", orNull: level.cursor?.text)
            }
            return json.bytes
        }
        return .json(.ok, json)
    }
}

extension [KeyInfo] {
    /// The bytes of all metadata: most of a large page.
    var metadataBytes: Int { reduce(0) { $0 + ($1.metadata?.json.count ?? 0) } }
}
