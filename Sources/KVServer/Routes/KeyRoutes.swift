import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import KVWorkspace

struct KeyRoutes {
    /// Bytes of a page whose coding would hold up the other connections of an event loop.
    static let muchWork = 256 << 10

    let resources: WorkspaceResources
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/stores/:store/namespaces/:namespace/keys", requires: .read, use: keys)
    }

    /// With `delimiter` one level of the tree, else all keys under the prefix; with `count=true` also how many there are.
    @Sendable private func keys(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let prefix = try query.bytes("prefix") ?? []
        let keys = KeyQuery(prefix: prefix, cursor: try query.cursor(), limit: try query.limit())
        let reservation = try await bodies.reserve(forPageOf: keys.limit)
        defer { withExtendedLifetime(reservation) {} }
        let counts = try query.boolean("count") ?? false
        let delimiter = try query.bytes("delimiter") ?? []
        let found = try await context.workspace(resources).keys(
            in: context.location(), keys, delimiter: delimiter, counts: counts)
        let level = found.page
        let json = try await Blocking.run(if: level.keys.metadataBytes > Self.muchWork) {
            var json = JSONWriter(capacity: 64 * 1_024)
            json.object { json in
                json.name("keys")
                json.array(level.keys) { json, info in json.key(info, found.annotations[info.key]) }
                if !delimiter.isEmpty {
                    json.name("folders")
                    json.array(level.folders) { json, folder in json.folder(folder) }
                }
                if counts { json.member("keyCount", orNull: found.count) }
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
