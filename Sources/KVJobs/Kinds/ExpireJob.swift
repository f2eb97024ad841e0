package import KVModel

/// Sets or removes the expiration of entries.
package struct ExpireJob: SelectiveJobKind {
    package static let name = "expire"
    package static let options: JobOptions = [.exact, .undoable]

    package var keys: JobSelection
    /// Nil: the entries never expire.
    package let expiration: Expiration?

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case expiration = "at"
    }

    package init(_ keys: JobSelection, at expiration: Expiration?) {
        self.keys = keys
        self.expiration = expiration
    }

    package static func read(_ request: JobRequest) throws -> ExpireJob {
        var expiration: Int64?
        var ttl: Int64?
        var never: Bool?
        try request.readMembers { name, scanner in
            switch name {
            case "expiration": expiration = try scanner.expiration()
            case "ttl": ttl = try scanner.ttl()
            case "never": never = try scanner.boolean()
            default: return false
            }
            return true
        }
        switch (expiration, ttl, never) {
        case (let seconds?, nil, nil):
            return ExpireJob(request.selection, at: try Expiration(at: seconds, now: request.now))
        case (nil, let ttl?, nil): return ExpireJob(request.selection, at: try Expiration(ttl: ttl, now: request.now))
        case (nil, nil, true): return ExpireJob(request.selection, at: nil)
        default:
            throw KVError(.invalidRequest, "To expire keys give one of \"expiration\", \"ttl\" and \"never\": true.")
        }
    }

    package var fields: [JobField] {
        [expiration.map { JobField("expiration", .number(Int($0.seconds))) } ?? JobField("never", .flag(true))]
    }

    package var permissions: JobPermissions { JobPermissions(source: [.write]) }

    package func addRequests(to cost: inout PlanCost) {
        // Without transactions entries are read, and written again; the pre-images are then at hand.
        cost.add(cost.costsRequests(in: cost.source) ? \.read : \.list, in: cost.source)
        cost.add(\.write, in: cost.source)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = Expire(namespace: try run.source, expiration: expiration, isNamed: keys.isNamed)
        return try await run.perform(run.keys(keys), step)
    }
}
