import ArgumentParser
import KVClient

struct StoresCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stores", abstract: "List the stores.", discussion: "Example:\n  kv-manager stores")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(_ session: Session) async throws {
        try await Listing.print(
            "stores", at: "/api/stores", QueryParameters(), session, as: output.output, none: "There are no stores.",
            [
                Column("STORE") { $0["name"]?.text },
                Column("ENGINE") { $0["engine"]?.text },
                Column("REACHABLE") { $0["reachable"]?.boolean == true ? "yes" : "no" },
                Column("PROTECTED") { $0["protected"]?.boolean == true ? "yes" : "no" },
                Column("LABEL") { $0["label"]?.text },
            ])
    }
}
