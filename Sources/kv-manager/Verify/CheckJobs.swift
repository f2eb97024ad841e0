import AsyncHTTPClient
import KVAPI
import KVClient
import NIOHTTP1

/// Jobs that checks start, on the temporary namespaces.
struct CheckJobs {
    /// The number of keys for a job of several batches; their import is smaller than the 1 MiB that nginx accepts by default. Fewer
    /// keys do in a store whose requests are paid for.
    private static let (manyKeys, paidKeys) = (30_000, 100)

    let client: APIClient

    /// Whether each request to a store is paid for.
    func isPaid(_ store: String) async throws -> Bool {
        let list = try await client.get("/api/stores", as: API.StoreList.self)
        return list.stores.first { $0.name == store }?.capabilities.costsQuota == true
    }

    func load(_ lines: [String], into place: NamespaceAddress) async throws -> API.Job {
        try await ended(importing(Array(lines.joined(separator: "\n").utf8), into: place, "?format=ndjson"))
    }

    func importing(
        _ file: [UInt8], into place: NamespaceAddress, _ query: String = ""
    ) async throws -> APIAnswer<API.Job> {
        try await client.send(.POST, "\(place.path)/import\(query)", file: .bytes(file), for: API.Job.self)
    }

    /// Imports enough keys for a job that is to be stopped before its end.
    func loadMany(into place: NamespaceAddress, isPaid: Bool) async throws {
        let count = isPaid ? Self.paidKeys : Self.manyKeys
        _ = try await load((0..<count).map { "{\"key\":\"\($0)\",\"value\":\"\"}" }, into: place)
    }

    /// Follows a job to its end, which must be a good one.
    func ended(_ made: APIAnswer<API.Job>) async throws -> API.Job {
        let job = try await client.follow(made.id).body
        guard job.state == "completed" else {
            throw Unmet("the job is \(job.state): \(job.error?.detail ?? "see \(job.id)")")
        }
        return job
    }

    static func body(
        _ kind: String, _ place: NamespaceAddress, to target: NamespaceAddress? = nil
    ) -> API.JobRequest {
        var body = API.JobRequest(
            kind: kind, store: place.store, namespace: place.id, selection: API.Selection(all: true))
        body.target = target.map { API.JobTarget(store: $0.store, namespace: $0.id) }
        return body
    }
}
