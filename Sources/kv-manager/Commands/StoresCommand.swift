import ArgumentParser
import KVAPI
import KVClient

struct StoresCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stores", abstract: "List the stores.", discussion: "Example:\n  kv-manager stores")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(_ session: Session) async throws {
        try await Listing<API.Store>.print(
            "stores", at: "/api/stores", QueryParameters(), session, as: output.output, none: "There are no stores.",
            [
                Column("STORE") { $0.name },
                Column("ENGINE") { $0.engine },
                Column("REACHABLE") { $0.reachable ? "yes" : "no" },
                Column("PROTECTED") { $0.protected ? "yes" : "no" },
                Column("LABEL") { $0.label },
            ])
    }
}
