import ArgumentParser
import Foundation
import KVClient
import KVModel
import NIOHTTP1

/// The server that a command speaks to.
struct Session: Sendable {
    let client: APIClient
    /// Whether it lives in this very process, and ends with the command.
    let isOwn: Bool
}

/// Which server a command speaks to: the one named; else the one that runs on the data folder; else one in this process.
struct ConnectionOptions: ParsableArguments {
    /// How long the end of another command is waited for.
    private static let patience = Duration.seconds(10)

    @Option(
        help: ArgumentHelp(
            "The address of a server, such as http://127.0.0.1:8787; else the data folder is worked on.",
            valueName: "url"))
    var server: String?

    @OptionGroup
    var place: PlaceOptions

    func withSession(_ work: @escaping @Sendable (Session) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        if let server {
            guard place.data == nil, place.config == nil else {
                throw CommandFailure("--server names a server, which has its own --data and --config; leave those out.")
            }
            return try await Self.with(server, work)
        }
        if let server = environment["KV_MANAGER_SERVER"], place.data == nil, place.config == nil {
            return try await Self.with(server, work)
        }
        let settings = try Settings(place, environment: environment)
        ProcessLimits.prepare()
        switch try await Self.holder(of: settings.dataFolder) {
        case .this(let folder):
            let key =
                String(UInt64.random(in: 0...UInt64.max), radix: 36)
                + String(UInt64.random(in: 0...UInt64.max), radix: 36)
            try await App(settings, in: folder, commandKey: key).serve { address in
                try await Self.with(address, key: key, work)
            }
        case .server(let address): try await Self.with(address, work)
        }
    }

    private enum Holder {
        case this(DataFolder)
        case server(String)
    }

    /// Takes the folder, or finds the server that has it. The end of another command is waited for.
    private static func holder(of path: String) async throws -> Holder {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return .this(try DataFolder(path: path))
            } catch let error as DataFolder.InUse {
                if let address = error.address { return .server(address) }
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure(
                        "Another command works on the data folder \(path); wait for its end, or serve the folder to both."
                    )
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// - Parameter key: Of a server in this process.
    private static func with(
        _ address: String, key: String? = nil, _ work: (Session) async throws -> Void
    ) async throws {
        let client = try APIClient(address, headers: key.map { ["X-Command-Key": $0] } ?? [:])
        do {
            try await work(Session(client: client, isOwn: key != nil))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

/// A command that speaks to a server.
protocol SessionCommand: AsyncParsableCommand, Sendable {
    var connection: ConnectionOptions { get }
    func run(_ session: Session) async throws
}

extension SessionCommand {
    func run() async throws {
        try await CommandFailure.reported {
            try await connection.withSession { session in try await run(session) }
        }
    }
}
