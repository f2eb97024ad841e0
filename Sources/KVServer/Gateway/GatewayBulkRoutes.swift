import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import KVWorkspace
import Logging

/// Many keys at once: written, deleted.
///
/// What cannot be written at all changes nothing. When a later batch fails, those before it are done: the answer
/// tells which keys are not.
struct GatewayBulkRoutes {
    let resources: WorkspaceResources
    let bodies: BodyStorage
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        router.add(
            "\(GatewayRoute.namespace)/bulk", GatewayEndpoint(.put, "bulk put", requires: .write, put),
            GatewayEndpoint(.delete, "bulk delete", requires: .delete, delete))
        router.add(
            "\(GatewayRoute.namespace)/bulk/delete", GatewayEndpoint(.post, "bulk delete", requires: .delete, delete))
    }

    @Sendable private func put(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.hostedLocation()
        try await request.checkWritable(location, workspace)
        let body = try await MappedFile.receive(request, limit: BulkPairs.maximumBytes, files: resources.files)
        let now = clock.now
        let pairs = try await Blocking.run { try BulkPairs(body, now: now) }
        let end = context.applied(of: pairs.count)
        let sizes = try workspace.traits(of: location).batches
        let batchBytes = min(body.count, max(sizes.bytes, Entry.maximumValueBytes))
        var result = try await workspace.writing(in: location) { changes in
            try await BulkResult.applying(upTo: end) { start in
                let reservation = try await bodies.budget.reserve(batchBytes)
                defer { withExtendedLifetime(reservation) {} }
                let entries = try await Blocking.run {
                    try pairs.entries(from: start, before: end, sizes: sizes)
                }
                return zip(entries, try await changes.write(entries)).map { ($0.key, $1.isDone) }
            }
        }
        result.add(untried: pairs.names(from: result.tried))
        context.note(result.ending, during: "bulk put")
        return result.response
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.hostedLocation()
        try await request.checkWritable(location, workspace, for: .delete)
        let body = try await MappedFile.receive(request, limit: BulkKeys.maximumBytes, files: resources.files)
        let reservation = try await bodies.budget.reserve(body.count)
        defer { withExtendedLifetime(reservation) {} }
        let keys = try await body.readAside { bytes in try BulkKeys.read(bytes).sorted() }
        let end = context.applied(of: keys.count)
        let batchKeys = try workspace.traits(of: location).batches.delete
        var result = try await workspace.deleting(in: location) { changes in
            try await BulkResult.applying(upTo: end) { start in
                let batch = Array(keys[start..<end].prefix(batchKeys))
                return zip(batch, try await changes.delete(batch)).map { ($0, $1.isDone) }
            }
        }
        result.add(untried: keys[result.tried...].map(\.name))
        context.note(result.ending, during: "bulk delete")
        return result.response
    }
}

extension AppContext {
    /// How many of so many keys are to be applied.
    fileprivate func applied(of count: Int) -> Int { Int(appliedShare * Double(count)) }

    /// The answer tells of the keys alone; the log says why.
    fileprivate func note(_ error: (any Error)?, during operation: String) {
        guard let error else { return }
        let problem = KVError(answering: error)
        logger.warning(
            "A part of a bulk request failed",
            metadata: [
                "operation": "\(operation)", "code": "\(problem.code.rawValue)", "cause": "\(problem.cause ?? "-")",
            ])
    }
}
