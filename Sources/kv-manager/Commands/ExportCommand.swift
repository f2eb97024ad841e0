import ArgumentParser
import AsyncHTTPClient
import KVAPI
import KVClient
import NIOHTTP1

enum FormatChoice: String, ExpressibleByArgument, CaseIterable {
    case ndjson, json, csv, wrangler
}

/// In which form entries leave.
struct ExportOptions: ParsableArguments {
    @Option(help: "What the file holds; as its name ends unless said, or else ndjson.")
    var format: FormatChoice?

    @Flag(help: "Compress with gzip, as is done for a name that ends with .gz.")
    var gzip = false

    @Flag(help: "Write CSV that no spreadsheet takes for formulas.")
    var neutralizeFormulas = false

    /// Makes the file at the server, and brings it here.
    func export(
        _ selection: API.Selection, of place: NamespaceAddress, to path: String, _ job: JobCommandOptions,
        _ form: OutputForm,
        _ session: Session
    ) async throws {
        try OutputPath.check(path)
        let isGzipped = gzip || path.hasSuffix(".gz")
        let name = path.hasSuffix(".gz") ? path.dropLast(3) : path[...]
        let ending = FormatChoice.allCases.first { name.hasSuffix(".\($0.rawValue)") }
        var body = API.JobRequest(kind: "export", store: place.store, namespace: place.id, selection: selection)
        body.format = (format ?? ending ?? .ndjson).rawValue
        body.gzip = isGzipped
        body.neutralizeFormulas = neutralizeFormulas ? true : nil
        let run = try JobFollower(session: session, options: job, form: form)
        if job.plan {
            _ = try await run.run(body, "Export keys of \"\(place.title)\"")
            return
        }
        let made = try await session.client.start(body)
        do {
            let ended = try await run.end(of: made.id, quietly: path == "-")
            try await fetch(ended.body, to: path, session)
        } catch let status as ExitCode where status == ExitStatus.incomplete {
            try await fetch(session.client.job(made.id).body, to: path, session)
            throw status
        }
    }

    private func fetch(_ job: API.Job, to path: String, _ session: Session) async throws {
        guard let download = job.download else {
            throw CommandFailure("The job has ended without a file.", status: ExitStatus.jobFailed)
        }
        let written = try await OutputPath.write(
            session.client.send(.GET, session.client.path(of: download.url) ?? download.url).body, to: path)
        guard written == download.bytes else {
            throw CommandFailure("Of the file's \(download.bytes) bytes \(written) have arrived; try again.")
        }
    }
}

struct ExportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export keys with all that belongs to them into a file.",
        discussion: """
            The file takes its place when it is whole.

            Example:
              kv-manager export -n sessions --all sessions.ndjson.gz
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup(title: "Which keys") var selection: SelectionOptions
    @OptionGroup(title: "How") var export: ExportOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Show what would be done, and start nothing.") var plan = false
    @Argument(help: "The file; - writes to standard output.", completion: .file()) var file = "-"

    func run(_ session: Session) async throws {
        let place = try await namespace.place(session)
        try await export.export(
            selection.selection(session), of: place, to: file, JobCommandOptions(plan: plan), output.output, session)
    }
}

struct BulkGet: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Read the keys that a file names, with all that belongs to them.",
        discussion: "Example:\n  kv-manager bulk get -n sessions keys.txt > entries.ndjson")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup(title: "How") var export: ExportOptions
    @Option(
        help: ArgumentHelp(
            "What the file of keys holds: auto; text, a key a line; or ndjson, json, csv, wrangler.",
            valueName: "format"))
    var keysFormat = "auto"
    @Argument(help: "The file of keys; - reads standard input.", completion: .file()) var keys: String
    @Argument(help: "Where the entries go; - writes to standard output.", completion: .file()) var file = "-"

    func run(_ session: Session) async throws {
        let place = try await namespace.place(session)
        let selection = try await SelectionOptions.list(keys, keysFormat, session)
        try await export.export(selection, of: place, to: file, JobCommandOptions(detach: false), .text, session)
    }
}
