package import KVLedger
package import KVModel

/// Moves entries to another namespace.
package struct MoveJob: TransferJobKind {
    package static let name = "move"

    package var keys: JobSelection
    package let destination: JobTarget
    package let collision: Collision

    private typealias CodingKeys = TransferCodingKeys

    package init(_ keys: JobSelection, target: JobTarget, collision: Collision) {
        self.keys = keys
        self.collision = collision
        destination = target
    }

    package var permissions: JobPermissions { JobPermissions(source: [.read, .delete], target: [.write]) }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.read, in: cost.source)
        cost.add(\.write, in: destination.store)
        cost.add(\.delete, in: cost.source)
        cost.addPreImages(in: cost.source)
        cost.addPreImages(in: destination.store)
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
