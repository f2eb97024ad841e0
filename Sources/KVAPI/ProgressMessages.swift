extension API {
    /// A message of the server over the WebSocket of a job's progress.
    package struct ProgressMessage: Codable, Sendable {
        package enum Kind: String, CaseIterable, Codable, Sendable {
            case progress
            /// The job has ended; the server closes the connection.
            case finished
            /// A message of the client was refused; `code` and `detail` say why.
            case error
        }

        package var type: Kind
        package var job: Job?
        package var code: String?
        package var detail: String?

        package init(_ type: Kind, _ job: Job) {
            self.type = type
            self.job = job
        }

        package init(refusing error: JobError) {
            type = .error
            code = error.code
            detail = error.detail
        }
    }

    /// A message of a client over the WebSocket of a job's progress.
    package struct WatcherMessage: Codable, Sendable {
        package enum Command: String, CaseIterable, Codable, Sendable {
            case cancel, pause, resume
        }

        package var type: Command

        package init(_ command: Command) {
            type = command
        }
    }
}
