package import KVLedger
package import KVModel

/// Copies entries to another namespace.
package struct CopyJob: TransferJobKind {
    package static let name = "copy"

    package var keys: JobSelection
    package let destination: JobTarget
    package let collision: Collision

    private typealias CodingKeys = TransferCodingKeys

    package init(_ keys: JobSelection, target: JobTarget, collision: Collision) {
        self.keys = keys
        self.collision = collision
        destination = target
    }

    package var permissions: JobPermissions { JobPermissions(source: [.read], target: [.write]) }
    /// With a collision that spares existing keys only new ones are written.
    package var preImages: PreImagePolicy { collision == .overwrite ? .whereCheap : .always }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.read, in: cost.source)
        cost.add(\.write, in: destination.store)
        cost.addPreImages(in: destination.store)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let target = try run.target
        let step = Write(namespace: target, collision: collision, clock: run.clock)
        return try await run.perform(run.entries(keys, for: target.engine), step)
    }
}
