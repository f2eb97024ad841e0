import AsyncAlgorithms
import Hummingbird
import KVAPI
import KVHTTP
import KVLedger
import KVModel
import KVWorkspace
import NIOCore
import Synchronization

/// Live progress of one job over a WebSocket.
struct ProgressRoute {
    private static let shortestInterval = Duration.milliseconds(100)
    /// With more watchers of one job than this, each hears less often, so that watching does not slow the work.
    private static let watchersAtFullPace = 100

    let resources: WorkspaceResources
    let census: SocketCensus
    private let encoded = EncodedSnapshots()

    init(resources: WorkspaceResources, census: SocketCensus) {
        self.resources = resources
        self.census = census
    }

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/jobs/:job/progress", requires: .readJobs, use: open)
    }

    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let id = try context.job()
        let workspace = context.workspace(resources)
        _ = try await workspace.job(id)
        return try Response.webSocket(request, context, census: census) { socket in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await answer(socket, id, workspace) }
                try await report(id, to: socket, workspace, below: context.base)
                group.cancelAll()
            }
        }
    }

    private func report(
        _ id: JobID, to socket: WebSocket, _ workspace: Workspace, below base: BasePath
    ) async throws {
        defer { if workspace.watchers(of: id) == 0 { encoded.forget(id) } }
        try await workspace.withProgress(of: id) { snapshots in
            for await job in snapshots {
                try await socket.send(try encoded.message(of: job, below: base))
                if job.state.isFinal { return }
                let crowd = max(1, workspace.watchers(of: id) / Self.watchersAtFullPace)
                try await Task.sleep(for: Self.shortestInterval * crowd)
            }
        }
    }

    private func answer(_ socket: WebSocket, _ id: JobID, _ workspace: Workspace) async throws {
        for await text in socket.messages {
            do {
                _ = try await workspace.perform(JobCommand(message: text), on: id)
            } catch {
                let error = API.JobError(KVError(answering: error))
                let reply = try JSONWriter.body(API.ProgressMessage(refusing: error))
                try await socket.send(ByteBuffer(bytes: reply))
            }
        }
    }
}

/// Snapshots as they go over the wire, each written once for all its watchers.
private final class EncodedSnapshots: Sendable {
    private let newest = Mutex<[JobID: (sequence: Int, message: ByteBuffer)]>([:])

    func forget(_ id: JobID) {
        newest.withLock { $0[id] = nil }
    }

    func message(of job: Job, below base: BasePath) throws -> ByteBuffer {
        try newest.withLock { newest in
            if let known = newest[job.id], known.sequence == job.progress.sequence { return known.message }
            let type: API.ProgressMessage.Kind = job.state.isFinal ? .finished : .progress
            let message = ByteBuffer(
                bytes: try JSONWriter.body(API.ProgressMessage(type, API.Job(job, below: base))))
            newest[job.id] = job.state.isFinal ? nil : (job.progress.sequence, message)
            return message
        }
    }
}
