package import KVLedger
package import KVModel

/// Moves entries to another namespace.
package struct MoveJob: SelectiveJobKind {
    package static let name = "move"
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

    package static func read(_ request: JobRequest) throws -> MoveJob {
        let (target, collision) = try request.readTarget(missing: "A move needs a \"target\".")
        return MoveJob(request.selection, target: target, collision: collision)
    }

    package var target: JobTarget? { place }
    package var fields: [JobField] { [JobField("collision", .text(collision.rawValue))] }

    package var permissions: JobPermissions { JobPermissions(source: [.read, .delete], target: [.write]) }
    package var movesEntries: Bool { true }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.read, in: cost.source)
        cost.add(\.write, in: place.store)
        cost.add(\.delete, in: cost.source)
        cost.addPreImages(in: cost.source)
        cost.addPreImages(in: place.store)
    }

    package func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning] {
        guard collision == .overwrite else { return [] }
        return try await context.overwritten(by: keys, in: place)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let target = try run.target
        var source = run.entries(keys, for: target.engine)
        source.isMoved = true
        let step = Move(
            source: try run.source, target: target, collision: collision, renamed: { $0 }, clock: run.clock)
        return try await run.perform(source, step)
    }
}
