import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

/// Single values: the bytes themselves, or a form of value and metadata.
struct GatewayValueRoutes {
    let resources: WorkspaceResources
    let bodies: BodyStorage
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        router.add(
            keysOf: "\(GatewayRoute.namespace)/values", GatewayEndpoint(.get, "get", requires: .read, read),
            GatewayEndpoint(.put, "put", requires: .write, write),
            GatewayEndpoint(.delete, "delete", requires: .delete, delete))
    }

    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.shortKey()
        let value = try await context.workspace(resources).value(of: key, in: context.hostedLocation())
        var headers: HTTPFields = [.contentType: "application/octet-stream"]
        if let expiration = value.info.expiration, let name = HTTPField.Name.expiration {
            headers[name] = "\(expiration.seconds)"
        }
        return Response(status: .ok, headers: headers, value)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.hostedLocation()
        let info = KeyInfo(key: try context.shortKey(), expiration: try Self.expiration(Query(request), now: clock.now))
        let outcome: WriteOutcome
        if let boundary = try ValueForm.boundary(of: request) {
            try await request.checkWritable(location, workspace)
            outcome = try await ReceivedForm(request, boundary: boundary, hasAnnotation: false, bodies)
                .write(as: info, in: location, workspace, when: .always)
        } else {
            outcome = try await ValueBody(request: request, bodies: bodies)
                .write(as: info, in: location, workspace, when: .always).outcome
        }
        if case .failed(let error) = outcome { throw error }
        return .emptyEnvelope
    }

    /// Of both, the time to live counts.
    private static func expiration(_ query: Query, now: Timestamp) throws -> Expiration? {
        try Expiration(
            hostedTTL: try query.integer("expiration_ttl"), orTime: try query.integer("expiration"), now: now)
    }

    /// A key that is not there counts as deleted.
    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.shortKey()
        let outcome = try await context.workspace(resources).delete(key, in: context.hostedLocation())
        if case .failed(let error) = outcome { throw error }
        return .emptyEnvelope
    }
}

extension Expiration {
    /// In either form at least 60 seconds ahead; nil if there is neither.
    init?(hostedTTL ttl: Int64?, orTime time: Int64?, now: Timestamp) throws {
        if let ttl {
            guard ttl >= Self.minimumTTL else { throw CloudflareError.shortTTL(ttl) }
            try self.init(ttl: ttl, now: now)
        } else if let time {
            guard time >= now.seconds + Self.minimumTTL else { throw CloudflareError.earlyExpiration(time) }
            try self.init(at: time, now: now)
        } else {
            return nil
        }
    }
}
