import KVModel

/// Deletes keys.
package struct DeleteJob: SelectiveJobKind {
    package static let name = "delete"
    package static let options: JobOptions = [.undoable]

    package var keys: JobSelection

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
    }

    package init(_ keys: JobSelection) {
        self.keys = keys
    }

    package static func read(_ request: JobRequest) throws -> DeleteJob {
        try request.readMembers { _, _ in false }
        return DeleteJob(request.selection)
    }

    package var permissions: JobPermissions { JobPermissions(source: [.delete]) }
    package var deletesKeys: Bool { true }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.delete, in: cost.source)
        cost.addPreImages(in: cost.source)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = Delete(namespace: try run.source, isNamed: keys.isNamed)
        return try await run.perform(run.keys(keys), step)
    }
}
