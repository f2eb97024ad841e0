import ArgumentParser
import Foundation
import KVClient
import KVModel
import NIOHTTP1

/// A connection of a command to a server.
struct Session: Sendable {
    let client: APIClient
    /// Whether the server runs in this process and ends with the command.
    let isOwn: Bool
}

/// The server or the data folder that a command works on.
enum CommandTarget {
    /// A server at an address, with the headers of each request.
    case server(String, headers: HTTPHeaders)
    /// A data folder that this process holds, because no server runs on it.
    case folder(DataFolder, Settings)
}

/// The options that select the server of a command: the one that is named, else the one that runs on the data folder, else one in
/// this process.
struct ConnectionOptions: ParsableArguments {
    /// How long a command waits for the end of another one.
    private static let patience = Duration.seconds(10)

    @Option(
        help: ArgumentHelp(
            "The address of a server, such as http://127.0.0.1:8787. Default: the data folder is used.",
            valueName: "url"))
    var server: String?

    @OptionGroup
    var trust: TrustOptions

    @OptionGroup
    var place: PlaceOptions

    func withSession(
        requiring requirement: DataFolder.Requirement, _ work: @escaping @Sendable (Session) async throws -> Void
    ) async throws {
        switch try await target(requiring: requirement) {
        case .server(let address, let headers): try await with(address, headers, isOwn: false, work)
        case .folder(let folder, let settings):
            ProcessLimits.prepare()
            if folder.isNew {
                try await Console.tell("Created the data folder \(TerminalText.visible(folder.path)).")
            }
            let key = App.newKey()
            try await App(settings, in: folder, commandKey: key).serve { address in
                try await with(address, Self.named(key), isOwn: true, work)
            }
        }
    }

    /// - Parameter more: Further options of the command for settings that a server has for itself.
    func target(_ more: [Setting: String?] = [:], requiring requirement: DataFolder.Requirement) async throws
        -> CommandTarget
    {
        let given = place.given.merging(more) { $1 }.compactMapValues(\.self)
        if let (address, headers) = try named(besides: given) { return .server(address, headers: headers) }
        return try await Self.holder(of: Settings(given, environment: EnvironmentVariables()), requirement)
    }

    /// Returns the server that is named, or else the one that runs on the data folder. Throws if none does. Locks nothing.
    func running() throws -> (address: String, headers: HTTPHeaders) {
        let given = place.given.compactMapValues(\.self)
        if let named = try named(besides: given) { return named }
        let settings = try Settings(given, environment: EnvironmentVariables())
        let (folder, source) = (settings.dataFolder, settings.choices.sources(of: .data))
        guard let holder = DataFolder.holder(of: folder) else {
            throw CommandFailure(
                "No server runs on the data folder \(folder)\(source.map { " (\($0))" } ?? "").",
                status: ExitStatus.unreachable)
        }
        return Self.reached(holder)
    }

    /// Returns the server that an option or a variable names, and the headers of each request to it.
    private func named(besides given: [Setting: String]) throws -> (address: String, headers: HTTPHeaders)? {
        guard server == nil || given.isEmpty else {
            let options = given.keys.compactMap(\.option).sorted().joined(separator: " and ")
            throw CommandFailure("--server names a server, which has its own settings; leave out \(options).")
        }
        guard given.isEmpty, let address = try ServerAddress.given(server) else { return nil }
        return (address, try ServerHeaders.given())
    }

    private static func reached(_ holder: FolderHolder) -> (address: String, headers: HTTPHeaders) {
        (holder.commands?.address ?? holder.address, named(holder.commands?.key))
    }

    /// Locks the folder, or finds the server that holds it. Waits for the end of another command.
    private static func holder(of settings: Settings, _ requirement: DataFolder.Requirement) async throws
        -> CommandTarget
    {
        let path = settings.dataFolder
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return .folder(try settings.takeDataFolder(requiring: requirement), settings)
            } catch let error as DataFolder.InUse {
                if let holder = error.holder {
                    let (address, headers) = reached(holder)
                    return .server(address, headers: headers)
                }
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure(
                        "Another command works on the data folder \(path); wait for its end, or serve the folder to both."
                    )
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The header that identifies a command to a server for commands only.
    private static func named(_ key: String?) -> HTTPHeaders { key.map { ["X-Command-Key": $0] } ?? [:] }

    /// - Parameter isOwn: Whether the server runs in this process.
    func with(
        _ address: String, _ headers: HTTPHeaders, isOwn: Bool, _ work: (Session) async throws -> Void
    ) async throws {
        let environment = EnvironmentVariables()
        let client = try APIClient(
            address, headers: headers, trusting: try await trust.certificates()
        ) { environment[$0] }
        do {
            try await work(Session(client: client, isOwn: isOwn))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

/// A command that sends requests to a server.
protocol SessionCommand: AsyncParsableCommand, Sendable {
    var connection: ConnectionOptions { get }
    var requirement: DataFolder.Requirement { get }
    func run(_ session: Session) async throws
}

extension SessionCommand {
    var requirement: DataFolder.Requirement { .data }

    func run() async throws {
        try await CommandFailure.reported {
            try await connection.withSession(requiring: requirement) { session in try await run(session) }
        }
    }
}
