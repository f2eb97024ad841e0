import ArgumentParser
import KVAPI
import KVClient

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Check that a server answers, for supervisors such as Docker.",
        discussion: """
            Asks the server that --server names, or the one that runs on the data folder, wherever it listens. Exit status 0 if \
            it answers, and 69 otherwise. Starts no server, and creates nothing.

            Example:
              kv-manager health --data /var/lib/kv-manager
            """)

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await CommandFailure.reported {
            let (address, headers) = try connection.running()
            try await connection.with(address, headers, isOwn: false) { session in
                let health = try await session.client.get("/healthz", as: API.Health.self)
                try await Console.print(TerminalText.visible("\(address) is \(health.status)."))
            }
        }
    }
}
