import KVModel

/// Sets or removes the expiration of entries.
package struct ExpireJob: SelectiveJobKind {
    package static let name = "expire"
    package static let options: JobOptions = [.exact, .undoable]

    package var keys: JobSelection
    /// Seconds since 1970; nil: the entries never expire.
    package let time: Int64?

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case time = "at"
    }

    package init(_ keys: JobSelection, at time: Int64?) {
        self.keys = keys
        self.time = time
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
        let time: Int64? =
            switch (expiration, ttl, never) {
            case (let seconds?, nil, nil): try Expiration(at: seconds, now: request.now).seconds
            case (nil, let ttl?, nil): try Expiration(ttl: ttl, now: request.now).seconds
            case (nil, nil, true): nil
            default:
                throw KVError(
                    .invalidRequest, "To expire keys give one of \"expiration\", \"ttl\" and \"never\": true.")
            }
        return ExpireJob(request.selection, at: time)
    }

    package var fields: [JobField] {
        [time.map { JobField("expiration", .number(Int($0))) } ?? JobField("never", .flag(true))]
    }

    package var permissions: JobPermissions { JobPermissions(source: [.write]) }

    package func addRequests(to cost: inout PlanCost) {
        // Without transactions entries are read, and written again; the pre-images are then at hand.
        cost.add(cost.costsRequests(in: cost.source) ? \.read : \.list, in: cost.source)
        cost.add(\.write, in: cost.source)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = Expire(
            place: try run.source, expiration: time.map { Expiration(stored: $0) }, isNamed: keys.isNamed)
        return try await run.perform(run.keys(keys), step)
    }
}
