import KVHTTP
import KVJobs
import KVLedger
import KVModel

/// A change of a job's state that a caller asks for, over HTTP or a WebSocket.
enum JobCommand: String, CaseIterable {
    case cancel, pause, resume

    /// The right that its caller needs.
    static let permission = Permission.controlJobs

    /// Reads a message such as `{"type": "cancel"}`.
    init(message text: String) throws {
        var command: JobCommand?
        try JSONObject.read(Array(text.utf8)) { name, scanner in
            guard name == "type" else { return false }
            command = try scanner.choice(JobCommand.self)
            return true
        }
        guard let command else {
            throw KVError(.invalidRequest, "A message names its type: {\"type\": \"cancel\"}.")
        }
        self = command
    }
}

extension Jobs {
    /// Performs a command for a caller, under whose name it is stored. Throws `forbidden`, `job_not_found` and
    /// `invalid_transition`.
    func perform(_ command: JobCommand, on id: JobID, for caller: AppContext) async throws -> Job {
        try caller.require(JobCommand.permission)
        return switch command {
        case .cancel: try await cancel(id, by: caller.origin)
        case .pause: try await pause(id, by: caller.origin)
        case .resume: try await resume(id, by: caller.origin)
        }
    }
}
