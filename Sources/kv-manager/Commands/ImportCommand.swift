import ArgumentParser
import KVClient
import NIOHTTP1

/// What is asked of a command that reads a file into a namespace.
struct ImportOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "What the file holds: auto, ndjson, json, csv or wrangler; gzip is told by itself.")
    var format = "auto"

    @Option(help: "The encoding of a text: utf-8 (or UTF-16, which is recognized) or windows-1252.")
    var encoding = "utf-8"

    @Option(help: "What is done with a key that is there already.")
    var collision = CollisionChoice.overwrite

    @Flag(
        help:
            "Refuse members and columns that entries do not have, and text after the records, instead of leaving them out."
    )
    var strict = false

    @Flag(help: "Return as soon as the server has the file; the job goes on there.")
    var detach = false

    @Argument(help: "The file; - reads standard input.", completion: .file())
    var file: String

    func run(_ session: Session) async throws {
        let place = try await namespace.place(session)
        let path =
            "\(place.path)/import"
            + Query([
                "format": format, "encoding": encoding, "collision": collision.rawValue,
                "strict": strict ? "true" : nil,
                "filename": file == "-" ? nil : String(file.split(separator: "/").last ?? ""),
            ]).text
        let run = try JobRun(session: session, options: JobOptions(detach: detach), form: output.output)
        _ = try await run.follow(FilePieces.of(file) { try await session.client.tell(.POST, path, file: $0) })
    }
}

struct ImportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file: NDJSON, JSON, CSV or wrangler's bulk format, gzip or not.",
        discussion: """
            A bad line is a failure with its number, and the rest goes on; a file that is none of these is refused.

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
