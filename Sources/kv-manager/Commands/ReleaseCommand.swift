import ArgumentParser
import Foundation
import KVBackup
import KVClient
import KVFiles
import KVModel
import UnixSignals

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Install versions beside each other, and go from one to another and back.",
        discussion: """
            Versions lie in folders of their own below a root, and a link, current, leads to the one that is active: the \
            service runs current/kv-manager.

            Example:
              kv-manager release install ./kv-manager
              kv-manager release activate 1.4.0 --service kv-manager --data /var/lib/kv-manager
            """,
        subcommands: [Install.self, List.self, Activate.self, Rollback.self, Prune.self, Formats.self])

    struct Root: ParsableArguments {
        @Option(name: .customLong("root"), help: ArgumentHelp("The folder of versions.", valueName: "folder"))
        var path = Self.usual

        private static let usual = "/opt/kv-manager"

        /// Held by one command at a time.
        /// - Parameter mayBeNew: Whether the default folder is created if it does not exist. No other one is.
        func with(mayBeNew: Bool = false, _ work: (ReleaseFolder) async throws -> Void) async throws {
            let folder = try folder(mayBeNew: mayBeNew)
            let lock = try folder.hold()
            defer { close(lock) }
            try await work(folder)
        }

        func folder(mayBeNew: Bool = false) throws -> ReleaseFolder {
            let path = try PathText.expanded(path, home: EnvironmentVariables().home)
            guard FolderOwner(of: path) != nil || (mayBeNew && path == Self.usual) else {
                throw CommandFailure(
                    "--root: there is no folder \(path). Create it with mkdir -p, or name another one.")
            }
            return ReleaseFolder(path: path)
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a program into the folder of its version; nothing is activated.",
            discussion: "Example:\n  kv-manager release install ./kv-manager")

        @OptionGroup var root: Root
        @Argument(help: "The program.", completion: .file()) var program: String

        func run() async throws {
            try await CommandFailure.reported {
                let path = URL(fileURLWithPath: program).resolvingSymlinksInPath().path
                guard let version = try await Child.answer(of: path, "--version") else {
                    throw CommandFailure("\(program) does not print its version; is it KV Manager?")
                }
                let formats = try await Child.answer(of: path, "release", "formats").flatMap {
                    try? JSONDecoder().decode(DataFormats.self, from: Data($0.utf8))
                }
                try await root.with(mayBeNew: true) { releases in
                    let release = try await Blocking.run {
                        try releases.install(path, version: version, formats: formats)
                    }
                    try await Console.print("Installed \(TerminalText.visible(release.version)).")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the versions that are installed, the one installed last first.",
            discussion: "Example:\n  kv-manager release list")

        @OptionGroup var root: Root
        @OptionGroup var output: OutputOptions

        fileprivate struct Row: Codable, Sendable {
            var version: String
            var active: Bool
            var installedAt: String
            var sha256: String
        }

        func run() async throws {
            try await CommandFailure.reported {
                let releases = try root.folder()
                var listing = Listing<Row>(
                    output.output,
                    [
                        Column("VERSION") { $0.version },
                        Column("ACTIVE") { $0.active ? "yes" : "no" },
                        Column("INSTALLED") { $0.installedAt },
                    ])
                for release in releases.list() {
                    let row = Row(
                        version: release.version, active: release.version == releases.current,
                        installedAt: release.installedAt.ISO8601Format(), sha256: release.sha256)
                    try await listing.add(APIAnswer(JSONNode(Array(JSONEncoder().encode(row)))))
                }
                try await listing.finish(none: "No version is installed in \(root.path).")
            }
        }
    }

    /// What going from one version to another needs to know.
    struct SwitchOptions: ParsableArguments {
        @OptionGroup var place: PlaceOptions
        @OptionGroup var backups: BackupsOption
        @OptionGroup var hook: ServiceHook
        @OptionGroup var trust: TrustOptions

        @Option(
            help: ArgumentHelp(
                "The address at which the version is verified; else the one that it listens at.", valueName: "url"))
        var server: String?

        @Option(
            help: ArgumentHelp("For how long the version is watched by its verification.", valueName: "duration"),
            transform: TimeArgument.duration)
        var watch = 10

        @Option(
            help: ArgumentHelp("How long a version may take to end, and to be ready.", valueName: "duration"),
            transform: TimeArgument.duration)
        var patience = 60

        func validate() throws {
            guard (0...86_400).contains(watch) else { throw ValidationError("--watch is 0 to 86,400 seconds.") }
            guard (1...3_600).contains(patience) else { throw ValidationError("--patience is 1 to 3,600 seconds.") }
        }

        func switchOver(in releases: ReleaseFolder) throws -> SwitchOver {
            let given = place.given.merging(backups.given) { $1 }.compactMapValues(\.self)
            let settings = try Settings(given, environment: EnvironmentVariables())
            return SwitchOver(
                releases: releases, hook: hook, settings: settings,
                server: try server.flatMap(ServerAddress.given), trust: trust, watch: watch,
                patience: .seconds(patience))
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go to a version, verify it, and go back by itself where that fails.",
            discussion: """
                Running jobs stop after the current batch and continue under the new version; pages and watchers reconnect. Where \
                the new version writes other formats, the data is saved first, and is restored by going back.

                Example:
                  kv-manager release activate 1.4.0 --service kv-manager --data /var/lib/kv-manager
                """)

        @OptionGroup var root: Root
        @OptionGroup var options: SwitchOptions
        @Argument(help: "The version.") var version: String

        func run() async throws {
            try await CommandFailure.reported {
                try await root.with { releases in
                    let target = try releases.release(version)
                    guard version != releases.current else { throw CommandFailure("Version \(version) is active.") }
                    try await toItsEnd { [options] in try await options.switchOver(in: releases).run(to: target) }
                    try await Console.print("Version \(version) is active.")
                }
            }
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to the version that was active before.",
            discussion: """
                Where the present version writes other formats, the data becomes again what it was when that one was activated; \
                what has changed since is set aside.

                Example:
                  kv-manager release rollback --service kv-manager --data /var/lib/kv-manager
                """)

        @OptionGroup var root: Root
        @OptionGroup var options: SwitchOptions
        @Flag(name: [.customShort("y"), .customLong("yes")], help: "Do not ask first.") var isSure = false

        func run() async throws {
            try await CommandFailure.reported {
                try await root.with { releases in
                    if let interrupted = releases.interrupted, let version = interrupted.former {
                        try await toItsEnd { [options] in
                            try await options.switchOver(in: releases).start(again: version)
                        }
                        try releases.forgetInterrupted()
                        throw CommandFailure(
                            "The activation of \(interrupted.version) did not finish: \(version) is active and running. Nothing else was done; repeat the command to roll back from \(version)."
                        )
                    }
                    guard let activation = releases.activation, let former = activation.former else {
                        throw CommandFailure("There is no version before \(releases.current ?? "the first one").")
                    }
                    let target = try releases.release(former)
                    let backup = try self.backup(of: activation, releases, for: target)
                    if let backup { try await makeSure(backup, activation) }
                    try await toItsEnd { [options] in
                        try await options.switchOver(in: releases).run(to: target, restoring: backup)
                    }
                    try await Console.print("Version \(former) is active.")
                }
            }
        }

        /// Nil where the former version takes the data as it is.
        private func backup(of activation: Activation, _ releases: ReleaseFolder, for target: Release) throws -> String?
        {
            guard try !releases.release(activation.version).sharesData(with: target) else { return nil }
            guard let backup = activation.backup else {
                throw CommandFailure(
                    "Version \(target.version) may not be able to read the data that \(activation.version) writes, and no backup was created when that version was activated."
                )
            }
            return backup
        }

        private func makeSure(_ backup: String, _ activation: Activation) async throws {
            guard !isSure else { return }
            let words =
                "Going back from \(activation.version) to \(activation.former ?? ""), the data becomes what it was at \(activation.at.ISO8601Format()), and what has changed since is set aside."
            guard Console.canAsk else {
                throw CommandFailure("\(words) Cannot ask for confirmation without a terminal; use --yes.")
            }
            guard try await Console.asks("\(words) Continue?") else { throw CommandFailure("Nothing was done.") }
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove versions that were installed long ago.",
            discussion:
                "The active one and the one before it stay. Backups are not touched.\n\nExample:\n  kv-manager release prune --keep 3"
        )

        @OptionGroup var root: Root
        @Option(help: ArgumentHelp("How many of the others stay, of those installed last.", valueName: "count"))
        var keep = 3

        func validate() throws {
            guard keep >= 0 else { throw ValidationError("--keep is 0 or more.") }
        }

        func run() async throws {
            try await CommandFailure.reported {
                try await root.with { releases in
                    let needed = [releases.current, releases.activation?.former]
                    for release in releases.list().filter({ !needed.contains($0.version) }).dropFirst(keep) {
                        try releases.remove(release)
                        try await Console.print("Removed \(release.version).")
                    }
                }
            }
        }
    }

    /// For the program of another version, which asks.
    struct Formats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the numbers of the formats that this version writes.",
            discussion: "Example:\n  kv-manager release formats", shouldDisplay: false)

        func run() async throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try await Console.print(String(decoding: encoder.encode(DataFormats.current), as: UTF8.self))
        }
    }
}

/// Half of it must not stay; so a signal is heard, and does not end it.
private func toItsEnd(_ work: @escaping @Sendable () async throws -> Void) async throws {
    // Nor does it end where nobody reads any more what it says.
    signal(SIGPIPE, SIG_IGN)
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await _ in signals { try? await Console.tell("It finishes, or rolls back automatically.") }
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}
