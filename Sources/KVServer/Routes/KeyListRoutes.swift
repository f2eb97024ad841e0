import Hummingbird
import KVJobs
import KVModel
import KVTransfer

/// Files of keys, for jobs that are to take just those.
struct KeyListRoutes {
    /// `text`: a key a line. The others: files of entries, of which the keys count.
    private enum Format: String, CaseIterable {
        case text, ndjson, json, csv, wrangler
    }

    let jobs: Jobs
    let threads: KeyListThreads

    func add(to router: RouteTable) {
        router.post("/api/key-lists", use: create)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let format = try Query(request).choice("format", Format.self) ?? .text
        let path = jobs.files.temporary()
        defer { jobs.files.discard(path) }
        try await Upload(to: path, freeBytes: jobs.files.freeBytes()).receive(request.body)
        let list = try await threads.run { [jobs] in
            try KeyListFile(path: path, format: FileFormat(rawValue: format.rawValue)).read(into: jobs)
        }
        return .json(.created) { json in
            json.member("list", "\(list.number)")
            json.member("keys", list.count)
        }
    }
}
