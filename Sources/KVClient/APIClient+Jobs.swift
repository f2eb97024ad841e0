package import KVAPI
import KVModel
package import NIOHTTP1

extension APIClient {
    private static let jobs = "/api/jobs"

    package static func job(_ id: String) -> String { "\(jobs)/\(PercentCoding.encode(id))" }

    /// Seconds for which the server may hold back an answer until there is news.
    private static let wait = 20

    package func job(_ id: String) async throws -> APIAnswer<API.Job> { try await get(Self.job(id), as: API.Job.self) }

    /// Returns the job when its sequence is greater than that of `job`, or after `seconds`.
    package func job(after job: APIAnswer<API.Job>, wait seconds: Int) async throws -> APIAnswer<API.Job> {
        try await get(Self.job(job.id) + "?after=\(job.progress.sequence)&wait=\(seconds)", as: API.Job.self)
    }

    /// Creates a job.
    package func start(_ request: API.JobRequest, headers: HTTPHeaders = [:]) async throws -> APIAnswer<API.Job> {
        try await send(.POST, Self.jobs, json: request, headers: headers, for: API.Job.self)
    }

    /// Returns what a job would do; creates none.
    package func plan(_ request: API.JobRequest) async throws -> APIAnswer<API.JobPlan> {
        var request = request
        request.plan = true
        return try await send(.POST, Self.jobs, json: request, for: API.JobPlan.self)
    }

    /// Cancels, pauses or resumes a job.
    package func send(_ command: API.WatcherMessage.Command, to id: String) async throws {
        _ = try await send(.POST, Self.job(id, command))
    }

    /// The path of a command to a job.
    package static func job(_ id: String, _ command: API.WatcherMessage.Command) -> String {
        "\(job(id))/\(command.rawValue)"
    }

    /// Calls `report` with each state of a job that is seen, the present one first, until it has ended; returns that one. A
    /// caller that cannot keep up sees only the newest. Short interruptions of the connection are bridged.
    package func follow(
        _ id: String, _ report: (APIAnswer<API.Job>) async throws -> Void = { _ in }
    ) async throws -> APIAnswer<API.Job> {
        var job = try await job(id)
        var failures = 0
        while true {
            try await report(job)
            if job.finishedAt != nil { return job }
            do {
                job = try await self.job(after: job, wait: Self.wait)
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
