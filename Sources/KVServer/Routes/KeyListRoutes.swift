import Hummingbird
import KVAPI
import KVHTTP
import KVJobs
import KVModel
import KVTransfer
import KVWorkspace

/// Files of keys, for jobs that are to take just those.
struct KeyListRoutes {
    let resources: WorkspaceResources
    let threads: KeyListThreads

    func add(to router: RouteTable<AppContext>) {
        router.post("/api/key-lists", requires: .runJobs, use: create)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let format = try Query(request).choice("format", KeyReader.Format.self) ?? .auto
        let keyLists = try context.workspace(resources).keyLists()
        let files = resources.files
        let path = files.temporary()
        defer { files.discard(path) }
        try await Upload(to: path, freeBytes: files.freeBytes()).receive(request.body)
        let list = try await threads.run { try keyLists.create(fromFile: path, format) }
        return try .json(
            .created, API.KeyList(list: "\(list.number)", keys: list.count, format: list.format.rawValue))
    }
}
