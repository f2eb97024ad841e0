import ArgumentParser
import Foundation
import KVClient
import KVModel

/// The server that a command speaks to.
struct Session: Sendable {
    let client: APIClient
    /// Whether it lives in this very process, and ends with the command.
    let isOwn: Bool
}

/// Which server a command speaks to: the one named; else the one that runs on the data folder; else one in this process.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The address of a server, such as http://127.0.0.1:8787; else the data folder is worked on.")
    var server: String?

    @OptionGroup
    var place: PlaceOptions

    func withSession(_ work: @escaping @Sendable (Session) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        if let server {
            guard place.data == nil, place.config == nil else {
                throw CommandFailure("--server names a server, which has its own --data and --config; leave those out.")
            }
            return try await Self.with(server, isOwn: false, work)
        }
        if let server = environment["KV_MANAGER_SERVER"], place.data == nil, place.config == nil {
            return try await Self.with(server, isOwn: false, work)
        }
        let settings = try Settings(place, environment: environment)
        do {
            let folder = try DataFolder(path: settings.dataFolder)
            ProcessLimits.prepare()
            try await App(settings, in: folder).serve { address in try await Self.with(address, isOwn: true, work) }
        } catch let error as DataFolder.InUse {
            guard let address = error.address else {
                throw CommandFailure(
                    "The data folder \(error.path) is in use by a KV Manager that does not listen yet; try again.")
            }
            try await Self.with(address, isOwn: false, work)
        }
    }

    private static func with(
        _ address: String, isOwn: Bool, _ work: (Session) async throws -> Void
    ) async throws {
        let client = try APIClient(address)
        do {
            try await work(Session(client: client, isOwn: isOwn))
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
