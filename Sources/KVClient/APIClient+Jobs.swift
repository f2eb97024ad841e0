import KVModel

extension APIClient {
    package static func job(_ id: String) -> String { "/api/jobs/\(PercentCoding.encode(id))" }

    /// Seconds for which the server may hold back an answer until there is news.
    private static let wait = 20

    /// Tells of each state of a job that is seen, the present one first, until it has ended; returns that one. Whoever cannot
    /// keep up sees only the newest. Short breaks of the connection are bridged.
    package func follow(_ id: String, _ tell: (JSONNode) async throws -> Void) async throws -> JSONNode {
        var job = try await get(Self.job(id))
        var failures = 0
        while true {
            try await tell(job)
            if job["finishedAt"] != nil { return job }
            let after = job["progress"]?["sequence"]?.integer ?? 0
            do {
                job = try await get(Self.job(id) + "?after=\(after)&wait=\(Self.wait)")
                failures = 0
            } catch let error as ClientError where error.mayPass && failures < 6 {
                // The server may be starting anew.
                failures += 1
                try await Task.sleep(for: .milliseconds(250 << failures))
            }
        }
    }
}

extension ClientError {
    /// Whether the server, or what stands before it, may answer in a moment.
    fileprivate var mayPass: Bool {
        switch kind {
        case .unreachable, .refused(502), .refused(503), .refused(504): true
        default: false
        }
    }
}
