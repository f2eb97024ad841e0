import ArgumentParser
import KVAPI
import KVClient
import NIOHTTP1

/// What is asked of a command that reads a file into a namespace.
struct ImportOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "What the file holds: auto, ndjson, json, csv or wrangler; gzip is recognized automatically.")
    var format = "auto"

    @Option(help: "The encoding of a text: utf-8 (or UTF-16, which is recognized) or windows-1252.")
    var encoding = "utf-8"

    @Option(help: "What to do with a key that already exists.")
    var collision = CollisionChoice.overwrite

    @Flag(
        help:
            "Refuse members and columns that entries do not have, and text after the records, instead of leaving them out."
    )
    var strict = false

    @Flag(help: "Return as soon as the server has the file; the job continues there.")
    var detach = false

    @Argument(help: "The file; - reads standard input.", completion: .file())
    var file: String

    func run(_ session: Session) async throws {
        let place = try await namespace.place(session)
        let path =
            "\(place.path)/import"
            + QueryParameters([
                "format": format, "encoding": encoding, "collision": collision.rawValue,
                "strict": strict ? "true" : nil,
                "filename": file == "-" ? nil : String(file.split(separator: "/").last ?? ""),
            ]).text
        let run = try JobFollower(session: session, options: JobCommandOptions(detach: detach), form: output.output)
        let made = try await FilePieces.of(file) { body in
            try await session.client.send(.POST, path, file: body, for: API.Job.self)
        }
        _ = try await run.follow(made)
    }
}

struct ImportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file: NDJSON, JSON, CSV or wrangler's bulk format, gzip or not.",
        discussion: """
            An invalid line is listed as a failure with its number, and the other lines are imported. A file in another format is refused.

            Examples:
              kv-manager import -n sessions sessions.ndjson.gz --collision skip
              kv-manager import -n sessions excel.csv --encoding windows-1252
            """)

    @OptionGroup var options: ImportOptions
    var connection: ConnectionOptions { options.connection }

    func run(_ session: Session) async throws { try await options.run(session) }
}

struct BulkPut: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Write the entries of a file; the same as import.",
        discussion: "Example:\n  kv-manager bulk put -n sessions pairs.json")

    @OptionGroup var options: ImportOptions
    var connection: ConnectionOptions { options.connection }

    func run(_ session: Session) async throws { try await options.run(session) }
}
