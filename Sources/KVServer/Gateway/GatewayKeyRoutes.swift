import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import KVWorkspace

/// What is known of entries without their values.
struct GatewayKeyRoutes {
    private static let limits: ClosedRange<Int64> = 10...1_000

    let resources: WorkspaceResources
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.add("\(GatewayRoute.namespace)/keys", GatewayEndpoint(.get, "list keys", requires: .read, keys))
        router.add(
            keysOf: "\(GatewayRoute.namespace)/metadata", GatewayEndpoint(.get, "metadata", requires: .read, metadata))
    }

    @Sendable private func keys(_ request: Request, _ context: AppContext) async throws -> Response {
        let location = try context.hostedLocation()
        let query = try Query(request)
        let wanted = KeyQuery(
            prefix: try query.bytes("prefix") ?? [], cursor: try query.cursor(), limit: try Self.limit(query))
        let reservation = try await bodies.reserve(forPageOf: wanted.limit)
        defer { withExtendedLifetime(reservation) {} }
        let page = try await context.workspace(resources).keys(in: location, wanted)
        return try await Blocking.run(if: page.items.metadataBytes > KeyRoutes.muchWork) { Self.answer(page) }
    }

    private static func answer(_ page: Page<KeyInfo>) -> Response {
        .envelope(
            capacity: 64 * page.items.count + 512,
            info: { json in
                json.member("count", page.items.count)
                json.member("cursor", page.cursor?.text ?? "")
            },
            result: { json in
                json.array(page.items) { json, info in
                    json.object { json in
                        json.name("name")
                        json.string(utf8: info.key.bytes)
                        json.hostedDetails(metadata: info.metadata, expiration: info.expiration)
                    }
                }
            })
    }

    private static func limit(_ query: Query) throws -> Int {
        let limit = try query.integer("limit") ?? limits.upperBound
        guard limit >= limits.lowerBound else { throw CloudflareError.smallLimit }
        guard limit <= limits.upperBound else { throw CloudflareError.largeLimit }
        return Int(limit)
    }

    @Sendable private func metadata(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.shortKey()
        let found = try await context.workspace(resources).value(of: key, in: context.hostedLocation())
        return .envelope { json in
            if let metadata = found.info.metadata { json.raw(metadata.json) } else { json.null() }
        }
    }
}

extension JSONWriter {
    /// Left out where there is none.
    mutating func hostedDetails(metadata: Metadata?, expiration: Expiration?) {
        if let expiration { member("expiration", expiration.seconds) }
        if let metadata {
            name("metadata")
            raw(metadata.json)
        }
    }
}
