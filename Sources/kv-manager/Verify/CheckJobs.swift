import AsyncHTTPClient
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
        let stores = try await client.get("/api/stores")["stores"]?.elements ?? []
        return stores.first { $0["name"]?.text == store }?["capabilities"]?["costsQuota"]?.boolean == true
    }

    func start(_ body: JobBody) async throws -> String {
        guard let id = try await client.tell(.POST, "/api/jobs", body)["id"]?.text else {
            throw Unmet("the answer names no job")
        }
        return id
    }

    func load(_ lines: [String], into place: NamespaceAddress) async throws -> JSONNode {
        let body = HTTPClientRequest.Body.bytes(Array(lines.joined(separator: "\n").utf8))
        return try await ended(client.tell(.POST, "\(place.path)/import?format=ndjson", file: body))
    }

    /// Imports enough keys for a job that is to be stopped before its end.
    func loadMany(into place: NamespaceAddress, isPaid: Bool) async throws {
        let count = isPaid ? Self.paidKeys : Self.manyKeys
        _ = try await load((0..<count).map { "{\"key\":\"\($0)\",\"value\":\"\"}" }, into: place)
    }

    /// Follows a job to its end, which must be a good one.
    func ended(_ made: JSONNode) async throws -> JSONNode {
        guard let id = made["id"]?.text else { throw Unmet("the answer names no job") }
        let job = try await client.follow(id) { _ in }
        guard job["state"]?.text == "completed" else {
            throw Unmet(
                "the job is \(job["state"]?.text ?? "nothing"): \(job["error"]?["detail"]?.text ?? "see \(id)")")
        }
        return job
    }

    static func body(_ kind: String, _ place: NamespaceAddress, to target: NamespaceAddress? = nil) -> JobBody {
        var body = JobBody(
            kind: kind, store: place.store, namespace: place.id, selection: JobBody.Selection(all: true))
        body.target = target.map { JobBody.Target(store: $0.store, namespace: $0.id) }
        return body
    }
}
