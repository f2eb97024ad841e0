import Hummingbird
import KVHTTP
import KVJobs
import KVLedger
import KVModel
import KVTransfer

/// Files of keys, for jobs that are to take just those.
struct KeyListRoutes {
    let jobs: Jobs
    let threads: KeyListThreads

    func add(to router: RouteTable<AppContext>) {
        router.post("/api/key-lists", requires: .runJobs, use: create)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let format = try Query(request).choice("format", KeyReader.Format.self) ?? .auto
        let path = jobs.files.temporary()
        defer { jobs.files.discard(path) }
        try await Upload(to: path, freeBytes: jobs.files.freeBytes()).receive(request.body)
        let list = try await threads.run { [jobs] in
            try KeyListFile(path: path, format: format, maximumExpandedBytes: jobs.files.expansionLimit)
                .read(into: jobs.keyLists, now: jobs.clock.now.milliseconds)
        }
        return .json(.created) { json in
            json.member("list", "\(list.number)")
            json.member("keys", list.count)
            json.member("format", list.format.rawValue)
        }
    }
}
