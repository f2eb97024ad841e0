import ArgumentParser
import Foundation
import KVAPI
import KVBackup
import KVClient
import KVFiles
import KVModel
import KVServer

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make, list, verify and restore backups of the whole data folder.",
        discussion: """
            A backup is the folder as it was at one moment, stores, jobs and audit log, and can be created while a server is \
            running. Data in Cloudflare is not part of it.

            Example:
              kv-manager backup create --data /var/lib/kv-manager
            """,
        subcommands: [Create.self, List.self, Verify.self, Restore.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a backup, and read it back.",
            discussion: "A server that runs on the folder makes it.\n\nExample:\n  kv-manager backup create")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var backups: BackupsOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await CommandFailure.reported {
                try await BackupHolder.with(connection, backups) { holder in
                    let backup = try await holder.create()
                    if let error = backup.error { throw CommandFailure(error.detail) }
                    try await Listing.print(backup, as: output.output) { backup in
                        "\(backup.name)  \(DisplayText.bytes(backup.bytes))"
                    }
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the backups, the newest first.", discussion: "Example:\n  kv-manager backup list")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var backups: BackupsOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await CommandFailure.reported {
                try await BackupHolder.with(connection, backups) { holder in
                    var listing = Listing<API.Backup>(
                        output.output,
                        [
                            Column("NAME") { $0.name },
                            Column("STATE") { $0.state.rawValue },
                            Column("SIZE", isNumber: true) { DisplayText.bytes($0.bytes) },
                            Column("VERSION") { $0.version },
                        ])
                    for backup in try await holder.list() { try await listing.add(backup) }
                    try await listing.finish(none: "There are no backups.")
                }
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check whether a backup is complete.",
            discussion: """
                Each file's bytes are compared with the checksum from its creation, and its databases are checked.

                Example:
                  kv-manager backup verify 2026-11-25T10-20-30Z
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var backups: BackupsOption
        @OptionGroup var output: OutputOptions
        @Argument(help: "The backup, by its name.") var name: String

        func run() async throws {
            try await CommandFailure.reported {
                try await BackupHolder.with(connection, backups) { holder in
                    let backup = try await holder.verify(name)
                    let faults = backup.check?.faults ?? []
                    try await Listing.print(backup, as: output.output) { _ in
                        faults.isEmpty ? "\(name) is whole." : "\(name) is not whole:"
                    }
                    if output.output == .text {
                        for fault in faults { try await Console.tell("  \(TerminalText.visible(fault))") }
                    }
                    guard backup.check?.state == .passed else { throw ExitStatus.failure }
                }
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the data folder with a backup.",
            discussion: """
                No server may run on the folder. The backup is verified first; what the folder held is set aside within it, \
                not removed.

                Example:
                  kv-manager backup restore 2026-11-25T10-20-30Z --data /var/lib/kv-manager
                """)

        @OptionGroup var place: PlaceOptions
        @OptionGroup var backups: BackupsOption
        @Flag(name: [.customShort("y"), .customLong("yes")], help: "Do not ask first.") var isSure = false
        @Argument(help: "The backup, by its name, or by the path of its folder.") var name: String

        func run() async throws {
            try await CommandFailure.reported {
                let given = place.given.merging(backups.given) { $1 }.compactMapValues(\.self)
                let settings = try Settings(given, environment: EnvironmentVariables())
                let backup = try place(of: name, settings)
                let folder = try hold(settings)
                try TrustedFolder.checkForRoot(settings.backups)
                try TrustedFolder.checkForRoot(backup)
                let faults = try await Blocking.runCancellable { try BackupCheck.faults(of: backup, goOn: $0) }
                guard faults.isEmpty else {
                    throw CommandFailure(
                        "\(backup) is not whole, and was not restored:" + faults.map { "\n  \($0)" }.joined())
                }
                try await makeSure(folder.path, BackupManifest(in: backup))
                let aside = try await Blocking.runCancellable {
                    try Restoration(of: folder.path).restore(backup, goOn: $0)
                }
                try await Console.tell(
                    "Restored \(backup) to \(folder.path)."
                        + (aside.map {
                            " The former data is in \($0); remove it when you no longer need it."
                        } ?? ""))
            }
        }

        /// Throws where there is no backup, before the data folder is created.
        private func place(of name: String, _ settings: Settings) throws -> String {
            guard name.contains("/") else { return try BackupFolder(path: settings.backups).place(of: name) }
            let path = try PathText.expanded(name, home: settings.choices.environment.home)
            guard BackupManifest.exists(in: path) else { throw CommandFailure("There is no backup at \(path).") }
            return path
        }

        private func hold(_ settings: Settings) throws -> DataFolder {
            do {
                return try settings.takeDataFolder(requiring: .nothing)
            } catch let error as DataFolder.InUse {
                throw CommandFailure(
                    "The data folder \(error.path) is in use by \(error.holder.map { "the server at \($0.address)" } ?? "another command"); end that one first."
                )
            }
        }

        private func makeSure(_ folder: String, _ backup: BackupManifest) async throws {
            guard !isSure else { return }
            guard Console.canAsk else {
                throw CommandFailure(
                    "Cannot ask for confirmation to replace the data in \(folder) without a terminal; use --yes.")
            }
            let question = "Replace what \(folder) holds by the backup of \(backup.createdAt.ISO8601Format())?"
            guard try await Console.asks(TerminalText.visible(question)) else {
                throw CommandFailure("Nothing was done.")
            }
        }
    }
}
