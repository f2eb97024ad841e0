import ArgumentParser

struct KVManager: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv-manager", abstract: "The control room for key-value data.",
        discussion: """
            Commands speak to the server that --server or KV_MANAGER_SERVER names; else to the one that runs on the data folder; \
            else they work on the folder themselves. What is meant for programs goes to standard output, and all else to \
            standard error.

            Exit status: 0 for success; 1 when something was refused or is not as it should be; 2 when a job ended but could \
            not do some keys; 3 when it failed or was cancelled; 64 for a mistake in use; 69 when no server answers; 130 when \
            interrupted.

            Example:
              kv-manager serve
            """,
        version: Version.current,
        subcommands: [
            Serve.self, NamespaceCommand.self, KeyCommand.self, BulkCommand.self, ExportCommand.self,
            ImportCommand.self, JobsCommand.self, StoresCommand.self, AuditCommand.self, BackupCommand.self,
            VerifyCommand.self, HealthCommand.self, ReleaseCommand.self, ConfigCommand.self, CompletionsCommand.self,
        ])
}

enum Version {
    /// In one piece, so that it can be found in a program that cannot be run here.
    private static let mark = "KV Manager version 0.2.0"

    static let current = String(mark.trimmingPrefix("KV Manager version "))
}
