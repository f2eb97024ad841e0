import ArgumentParser
import KVAPI
import KVClient
import NIOHTTP1

/// Which keys a job takes. Exactly one way of saying so is given.
struct SelectionOptions: ParsableArguments {
    @Option(help: "All keys that begin with this.")
    var prefix: String?

    @Flag(help: "All keys of the namespace.")
    var all = false

    @Option(name: .customLong("key"), help: "This key; may be given often.")
    var keys: [String] = []

    @Option(
        name: .customLong("keys-from"),
        help: ArgumentHelp("The keys that this file names; - reads standard input.", valueName: "file"))
    var file: String?

    @Option(
        name: .customLong("keys-format"),
        help: ArgumentHelp(
            "What that file holds: auto; text, a key a line; or ndjson, json, csv, wrangler.", valueName: "format"))
    var format: String = "auto"

    mutating func validate() throws {
        let ways = [prefix != nil, all, !keys.isEmpty, file != nil].count(where: \.self)
        guard ways == 1 else {
            throw ValidationError("Select keys with one of --prefix, --all, --key and --keys-from.")
        }
        if prefix == "" { throw ValidationError("An empty prefix selects every key; use --all to select all keys.") }
    }

    /// A file is sent to the server, which reads it as a list.
    func selection(_ session: Session) async throws -> API.Selection {
        if let prefix { return API.Selection(prefix: prefix) }
        if all { return API.Selection(all: true) }
        guard let file else { return API.Selection(keys: keys) }
        return try await Self.list(file, format, session)
    }

    static func list(_ file: String, _ format: String, _ session: Session) async throws -> API.Selection {
        let path = "/api/key-lists" + QueryParameters(["format": format]).text
        let list = try await FilePieces.of(file) { body in
            try await session.client.send(.POST, path, file: body, for: API.KeyList.self)
        }
        return API.Selection(list: list.list)
    }
}
