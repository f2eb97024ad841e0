import HTTPTypes
import Hummingbird
import KVAPI
import KVHTTP
import KVJobs
import KVLedger
import KVModel
import KVWorkspace
import NIOCore

struct JobRoutes {
    /// Failures of a download that are in memory while the client does not read.
    private static let failuresAtOnce = 100

    let resources: WorkspaceResources
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        router.post("/api/jobs", requires: .runJobs, use: create)
        router.get("/api/jobs", requires: .readJobs, use: list)
        router.get("/api/jobs/:job", requires: .readJobs, use: job)
        router.delete("/api/jobs/:job", requires: .controlJobs, use: delete)
        router.get("/api/jobs/:job/events", requires: .readJobs, use: events)
        router.get("/api/jobs/:job/failures", requires: .readJobs, use: failures)
        router.post("/api/jobs/:job/pause", requires: .controlJobs, use: pause)
        router.post("/api/jobs/:job/resume", requires: .controlJobs, use: resume)
        router.post("/api/jobs/:job/cancel", requires: .controlJobs, use: cancel)
        router.post("/api/jobs/:job/retry", requires: .runJobs, use: retry)
        router.post("/api/jobs/:job/undo", requires: .runJobs, use: undo)
    }

    /// With `"plan": true` it tells what the job would do, and makes none.
    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try request.idempotencyKey
        let workspace = context.workspace(resources)
        let (draft, isPlan) = try await JobRequestBody.draft(
            from: request, keyLists: workspace.keyLists(), resources, now: clock.now, idempotencyKey: key)
        if isPlan { return try await .json(.ok, API.JobPlan(workspace.plan(draft))) }
        return try await .accepted(workspace.create(draft), below: context.base)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let page = try await context.workspace(resources).jobs(
            JobFilter(Query(request), kinds: resources.jobKinds))
        return try .json(
            .ok,
            API.JobPage(
                jobs: page.jobs.map { API.Job($0, below: context.base) }, cursor: page.cursor?.text,
                total: page.total, totalIsExact: page.isTotalExact))
    }

    /// With `after` and `wait` it answers when the job's sequence has moved on, or after `wait` seconds.
    @Sendable private func job(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let id = try context.job()
        let query = try Query(request)
        let wait = try query.wait()
        guard let sequence = try query.integer("after"), wait > 0 else {
            return try await .json(.ok, API.Job(workspace.job(id), below: context.base))
        }
        let job = try await context.whileConnected {
            try await workspace.job(id, after: Int(clamping: sequence), waiting: wait)
        }
        return try .json(.ok, API.Job(job, below: context.base))
    }

    @Sendable private func events(_ request: Request, _ context: AppContext) async throws -> Response {
        let events = try await context.workspace(resources).events(of: context.job())
        let list = events.map { event in
            API.JobEvent(at: API.Time(event.at), type: event.kind.rawValue, detail: event.detail)
        }
        return try .json(.ok, API.JobEventList(events: list))
    }

    /// A page of them, or with `format=ndjson` all of them as lines to save.
    @Sendable private func failures(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let id = try context.job()
        let workspace = context.workspace(resources)
        if try query.choice("format", FailureFormat.self) == .ndjson {
            return try await failureLines(of: id, workspace)
        }
        let page = try await workspace.failures(of: id, from: query.cursor(), limit: query.limit())
        return try .json(
            .ok, API.JobFailurePage(failures: page.items.map { API.JobFailure($0) }, cursor: page.cursor?.text))
    }

    private func failureLines(of id: JobID, _ workspace: Workspace) async throws -> Response {
        let job = try await workspace.job(id)
        var headers: HTTPFields = [.contentType: "application/x-ndjson"]
        headers.setAttachment("failures-\(job.id).ndjson", else: "failures")
        let body = ResponseBody { writer in
            var cursor: PageCursor?
            repeat {
                let page = try await workspace.failures(of: id, from: cursor, limit: Self.failuresAtOnce)
                let lines = try page.items.flatMap { try JSONWriter.body(API.JobFailure($0)) + [UInt8(ascii: "\n")] }
                try await writer.write(ByteBuffer(bytes: lines))
                cursor = page.cursor
            } while cursor != nil
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Of a job that has ended: with its events, failures and files.
    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        try await context.workspace(resources).delete(context.job())
        return Response(status: .noContent)
    }

    @Sendable private func pause(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .accepted(context.workspace(resources).perform(.pause, on: context.job()), below: context.base)
    }

    @Sendable private func resume(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .accepted(context.workspace(resources).perform(.resume, on: context.job()), below: context.base)
    }

    @Sendable private func retry(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .accepted(
            context.workspace(resources).retry(
                context.job(), idempotencyKey: request.idempotencyKey(context)),
            below: context.base)
    }

    /// With `force=true` also keys that somebody has changed since.
    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .accepted(
            context.workspace(resources).undo(
                context.job(), isForced: Query(request).boolean("force") ?? false,
                idempotencyKey: request.idempotencyKey(context)), below: context.base)
    }

    @Sendable private func cancel(_ request: Request, _ context: AppContext) async throws -> Response {
        try await .accepted(context.workspace(resources).perform(.cancel, on: context.job()), below: context.base)
    }
}

private enum FailureFormat: String, CaseIterable {
    case json, ndjson
}

extension AppContext {
    func job() throws(KVError) -> JobID { JobID(try part("job")) }
}

extension Response {
    static func accepted(_ job: Job, below base: BasePath) throws -> Response {
        try .json(.accepted, API.Job(job, below: base), headers: [.location: "/api/jobs/\(job.id)"])
    }
}

extension Request {
    var idempotencyKey: String? {
        get throws(KVError) {
            guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name] else { return nil }
            guard (1...TextLimit.idempotencyKey).contains(key.utf8.count) else {
                throw KVError(
                    .invalidRequest,
                    "An Idempotency-Key has 1 to \(TextLimit.idempotencyKey) bytes; this one has \(key.utf8.count).")
            }
            return key
        }
    }

    /// Of a request without a body.
    func idempotencyKey(_ context: AppContext) throws(KVError) -> IdempotencyKey? {
        try idempotencyKey.map { IdempotencyKey($0, of: line(context)) }
    }

    /// The method, the path below the base path, and the query.
    func line(_ context: AppContext) -> String { "\(method.rawValue) \(context.path)?\(uri.query ?? "")" }
}
