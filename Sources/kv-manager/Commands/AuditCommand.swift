import ArgumentParser
import AsyncHTTPClient
import KVAPI
import KVClient
import NIOHTTP1

struct AuditCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show who changed what, the newest first.",
        discussion: "Example:\n  kv-manager audit --since 2026-11-01 --action namespace_deleted")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("On this day or later, or at this time.", valueName: "time")) var since: String?
    @Option(help: ArgumentHelp("On this day or earlier, or before this time.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("By this user.", valueName: "user")) var who: String?
    @Option(help: ArgumentHelp("Of this kind, such as entry_written.", valueName: "action")) var action: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("In this store.", valueName: "store")) var store: String?
    @Option(help: ArgumentHelp("In the namespace with this id.", valueName: "id")) var namespace: String?
    @Option(help: ArgumentHelp("Of this key.", valueName: "key")) var key: String?
    @Option(help: ArgumentHelp("By the job with this id.", valueName: "id")) var job: String?
    @Option(help: ArgumentHelp("The maximum number of results.", valueName: "count")) var limit = 100
    @Flag(help: "Print all of it as CSV.") var csv = false

    mutating func validate() throws {
        if limit < 1 { throw ValidationError("--limit is 1 or more.") }
    }

    func run(_ session: Session) async throws {
        var query = QueryParameters([
            "since": since, "until": until, "who": who, "action": action, "store": store, "namespace": namespace,
            "key": key, "job": job,
        ])
        if csv {
            query.add("format", "csv")
            _ = try await OutputPath.write(session.client.send(.GET, "/api/audit" + query.text).body, to: "-")
            return
        }
        try await Listing<API.AuditRecord>.print(
            "audit", at: "/api/audit", query, limit: limit, session, as: output.output, none: "There is nothing.",
            [
                Column("AT") { $0.at.text },
                Column("WHO") { $0.who },
                Column("ACTION") { $0.action },
                Column("COUNT", isNumber: true) { DisplayText.count($0.count) },
                Column("STORE") { $0.store },
                Column("NAMESPACE") { $0.namespaceTitle ?? $0.namespace },
                Column("KEY") { $0.key },
                Column("DETAIL") { $0.detail },
            ])
    }
}
