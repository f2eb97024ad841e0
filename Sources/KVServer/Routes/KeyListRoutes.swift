import Hummingbird
import KVAPI
import KVHTTP
import KVModel
import KVTransfer
import KVWorkspace

/// Files of keys, for jobs that are to take just those.
struct KeyListRoutes {
    let resources: WorkspaceResources

    func add(to router: RouteTable<AppContext>) {
        router.post("/api/key-lists", requires: .runJobs, use: create)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let format = try Query(request).choice("format", KeyReader.Format.self) ?? .auto
        let list = try await context.workspace(resources).createKeyList(format) { path, freeBytes in
            try await Upload(to: path, freeBytes: freeBytes).receive(request)
        }
        return try .json(
            .created, API.KeyList(list: "\(list.number)", keys: list.count, format: list.format.rawValue))
    }
}
