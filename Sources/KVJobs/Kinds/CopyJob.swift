package import KVLedger
package import KVModel

/// Copies entries to another namespace.
package struct CopyJob: SelectiveJobKind {
    package static let name = "copy"
    package static let options: JobOptions = [.exact, .undoable]

    package var keys: JobSelection
    private let place: JobTarget
    package let collision: Collision

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case place = "target"
        case collision
    }

    package init(_ keys: JobSelection, target: JobTarget, collision: Collision) {
        self.keys = keys
        self.collision = collision
        place = target
    }

    package static func read(_ request: JobRequest) throws -> CopyJob {
        let (target, collision) = try request.readTarget(missing: "A copy needs a \"target\".")
        return CopyJob(request.selection, target: target, collision: collision)
    }

    package var target: JobTarget? { place }
    package var fields: [JobField] { [JobField("collision", .text(collision.rawValue))] }

    package var permissions: JobPermissions { JobPermissions(source: [.read], target: [.write]) }
    /// With a collision that spares existing keys only new ones are written.
    package var preImages: PreImagePolicy { collision == .overwrite ? .whereCheap : .always }
    package var movesEntries: Bool { true }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.read, in: cost.source)
        cost.add(\.write, in: place.store)
        cost.addPreImages(in: place.store)
    }

    package func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning] {
        guard collision == .overwrite else { return [] }
        return try await context.overwritten(by: keys, in: place)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let target = try run.target
        let step = Write(place: target, collision: collision, clock: run.clock)
        return try await run.perform(run.entries(keys, for: target.engine), step)
    }
}

extension JobRequest {
    /// The members of a job that writes to a target.
    func readTarget(missing: String) throws -> (target: JobTarget, collision: Collision) {
        var target: JobTarget?
        var collision = Collision.overwrite
        try readMembers { name, scanner in
            switch name {
            case "target": target = try scanner.jobTarget()
            case "collision": collision = try scanner.choice(Collision.self)
            default: return false
            }
            return true
        }
        guard let target else { throw KVError(.invalidRequest, missing) }
        return (target, collision)
    }
}
