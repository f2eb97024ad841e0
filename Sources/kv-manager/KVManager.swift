import ArgumentParser

@main
struct KVManager: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv-manager", abstract: "The control room for key-value data.", version: Version.current,
        subcommands: [
            Serve.self, NamespaceCommand.self, KeyCommand.self, BulkCommand.self, ExportCommand.self,
            ImportCommand.self,
            JobsCommand.self, StoresCommand.self, AuditCommand.self,
        ])
}

enum Version {
    static let current = "0.2.0"
}
