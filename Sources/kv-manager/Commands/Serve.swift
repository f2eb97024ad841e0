import ArgumentParser
import Foundation

/// `kv-manager serve`: the web interface, the API and the jobs, until it is told to end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the web interface, the REST API and live progress.",
        discussion: """
            Options beat environment variables (KV_MANAGER_HOST, KV_MANAGER_PORT, KV_MANAGER_DATA, KV_MANAGER_CONFIG, \
            KV_MANAGER_ALLOWED_HOSTS, KV_MANAGER_LOG_LEVEL, KV_MANAGER_LOG_FORMAT, KV_MANAGER_GATEWAY_QUOTA and so on), and those beat the \
            configuration file. KV_MANAGER_GATEWAY_TOKENS holds the tokens that the gateway accepts, by commas.

            Example:
              kv-manager serve --port 8080 --data /var/lib/kv-manager
            """)

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port: Int?

    @OptionGroup
    var place: PlaceOptions

    @Option(name: .customLong("allowed-host"), help: "A host name to answer to, besides localhost and addresses.")
    var allowedHosts: [String] = []

    @Flag(help: "Listen beyond this machine although anybody who reaches the port may then do everything.")
    var allowUnauthenticated = false

    @OptionGroup(title: "Gateway")
    var gateway: GatewayFlags

    func run() async throws {
        ProcessLimits.prepare()
        try await CommandFailure.reported {
            let settings = try Settings(self, environment: ProcessInfo.processInfo.environment)
            try await App(settings, in: DataFolder(path: settings.dataFolder)).serve()
        }
    }
}
