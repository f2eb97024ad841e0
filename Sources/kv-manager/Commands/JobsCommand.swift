import ArgumentParser
import KVAPI
import KVClient
import NIOHTTP1

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List, watch, stop, retry and undo jobs.",
        subcommands: [
            List.self, Show.self, Watch.self, Pause.self, Resume.self, Cancel.self, Retry.self, Undo.self,
            Failures.self,
        ])

    struct List: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs, the newest first.",
            discussion: "Example:\n  kv-manager jobs list --state incomplete,failed --since 2026-01-01")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("In these states, comma-separated.", valueName: "states")) var state: String?
        @Option(help: ArgumentHelp("Of these kinds, comma-separated.", valueName: "kinds")) var kind: String?
        @Option(name: .shortAndLong, help: ArgumentHelp("In this store.", valueName: "store")) var store: String?
        @Option(help: ArgumentHelp("In the namespace with this id.", valueName: "id")) var namespace: String?
        @Option(help: ArgumentHelp("Created on this day or later, or at this time.", valueName: "time")) var since:
            String?
        @Option(help: ArgumentHelp("Created on this day or earlier, or before this time.", valueName: "time"))
        var until: String?
        @Option(help: ArgumentHelp("The maximum number of results.", valueName: "count")) var limit = 20

        mutating func validate() throws {
            if limit < 1 { throw ValidationError("--limit is 1 or more.") }
        }

        func run(_ session: Session) async throws {
            let query = QueryParameters([
                "state": state, "kind": kind, "store": store, "namespace": namespace, "since": since, "until": until,
            ])
            try await Listing<API.Job>.print(
                "jobs", at: "/api/jobs", query, limit: limit, session, as: output.output,
                none: "There are no such jobs.",
                [
                    Column("ID") { $0.id },
                    Column("KIND") { $0.kind },
                    Column("STATE") { $0.state },
                    Column("KEYS", isNumber: true) { DisplayText.count($0.progress.processed) },
                    Column("FAILED", isNumber: true) { DisplayText.count($0.progress.failed) },
                    Column("CREATED") { $0.createdAt.text },
                    Column("NAMESPACE") { $0.namespaceTitle },
                ])
        }
    }

    struct Show: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a job and what happened to it.", discussion: "Example:\n  kv-manager jobs show ID")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The job's id.") var id: String

        func run(_ session: Session) async throws {
            let job = try await session.client.job(id)
            guard output.output == .text else { return try await Console.print(job.json) }
            try await Console.print(
                TerminalText.visible("\(job.kind) of \(job.namespaceTitle)"))
            try await Console.print(JobFollower.ending(job.body))
            let path = APIClient.job(id) + "/events"
            for event in try await session.client.get(path, as: API.JobEventList.self).events {
                let parts = [event.at.text, event.type, event.detail]
                try await Console.print("  " + TerminalText.visible(parts.joined(separator: "  ")))
            }
        }
    }

    struct Watch: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a job to its end, which becomes the exit status.",
            discussion: "Example:\n  kv-manager jobs watch ID")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The job's id.") var id: String

        func run(_ session: Session) async throws {
            try await JobFollower(session: session, options: JobCommandOptions(detach: false), form: output.output).end(
                of: id)
        }
    }

    struct Pause: JobVerb {
        static let configuration = CommandConfiguration(
            abstract: "Pause a job after the current batch.", discussion: "Example:\n  kv-manager jobs pause ID")
        static let verb = API.WatcherMessage.Command.pause
        @OptionGroup var options: JobVerbOptions
    }

    struct Resume: JobVerb {
        static let configuration = CommandConfiguration(
            abstract: "Let a paused job go on.", discussion: "Example:\n  kv-manager jobs resume ID")
        static let verb = API.WatcherMessage.Command.resume
        @OptionGroup var options: JobVerbOptions
    }

    struct Cancel: JobVerb {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a job after the current batch.",
            discussion: "Example:\n  kv-manager jobs cancel ID")
        static let verb = API.WatcherMessage.Command.cancel
        @OptionGroup var options: JobVerbOptions
    }

    struct Retry: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try the failed keys of a job again, as a new job.",
            discussion: "Example:\n  kv-manager jobs retry ID")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Return as soon as the job is created.") var detach = false
        @Argument(help: "The job's id.") var id: String

        func run(_ session: Session) async throws {
            let run = try JobFollower(session: session, options: JobCommandOptions(detach: detach), form: output.output)
            _ = try await run.follow(
                session.client.send(.POST, APIClient.job(id) + "/retry", json: nil, for: API.Job.self))
        }
    }

    struct Undo: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put back what a job changed, as a new job.",
            discussion: """
                Keys that have been changed since stay as they are, unless --force is set.

                Example:
                  kv-manager jobs undo ID
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Also restore keys that have been changed since.") var force = false
        @Flag(help: "Return as soon as the job is created.") var detach = false
        @Argument(help: "The job's id.") var id: String

        func run(_ session: Session) async throws {
            let query = QueryParameters(["force": force ? "true" : nil])
            let run = try JobFollower(session: session, options: JobCommandOptions(detach: detach), form: output.output)
            _ = try await run.follow(
                session.client.send(.POST, APIClient.job(id) + "/undo" + query.text, json: nil, for: API.Job.self))
        }
    }

    struct Failures: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys that a job could not do, and why.",
            discussion: "Example:\n  kv-manager jobs failures ID --output ndjson > failures.ndjson")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The job's id.") var id: String

        func run(_ session: Session) async throws {
            try await Listing<API.JobFailure>.print(
                "failures", at: APIClient.job(id) + "/failures", QueryParameters(), session, as: output.output,
                none: "No key has failed.",
                [
                    Column("LINE", isNumber: true) { $0.line.map { String($0) } },
                    Column("KEY") { $0.key },
                    Column("CODE") { $0.code },
                    Column("DETAIL") { $0.detail },
                ])
        }
    }
}

struct JobVerbOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job's id.") var id: String
}

/// A command that moves a job on.
protocol JobVerb: SessionCommand {
    static var verb: API.WatcherMessage.Command { get }
    var options: JobVerbOptions { get }
}

extension JobVerb {
    var connection: ConnectionOptions { options.connection }

    func run(_ session: Session) async throws {
        let job = try await session.client.send(
            .POST, APIClient.job(options.id, Self.verb), json: nil, for: API.Job.self)
        try await Listing.print(job, as: options.output.output) {
            "\($0.state): job \($0.id)"
        }
    }
}
