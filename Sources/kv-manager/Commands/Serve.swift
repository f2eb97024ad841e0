import ArgumentParser
import Foundation
import KVFiles

/// `kv-manager serve` serves the web interface and the API and runs jobs, until it is stopped.
struct Serve: AsyncParsableCommand, Sendable {
    static let configuration = CommandConfiguration(
        abstract: "Serve the web interface, the REST API and live progress.",
        discussion: """
            Options take precedence over environment variables, and those over the configuration file. kv-manager config show \
            prints the result and the source of each setting.

            Example:
              kv-manager serve --port 8080 --data /var/lib/kv-manager
            """)

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The path under which everything is served, such as /kv, for a proxy that also serves other sites.",
            valueName: "path"))
    var basePath: String?

    @OptionGroup
    var place: PlaceOptions

    @OptionGroup
    var backups: BackupsOption

    @OptionGroup(title: "TLS")
    var tls: TLSFlags

    @Option(name: .customLong("allowed-host"), help: "A host name that is served, besides localhost and IP addresses.")
    var allowedHosts: [String] = []

    @Flag(
        help: "Listen on addresses that other machines reach, although anyone who reaches the port can do everything.")
    var allowUnauthenticated = false

    @Option(
        help: ArgumentHelp(
            "The lowest level that is logged: trace, debug, info, notice, warning, error or critical.",
            valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("The format of the log: auto, text or json.", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "Memory for request and response bodies of all connections, such as 256MiB. Requests wait for free memory.",
            valueName: "size"))
    var memoryBudget: String?

    @OptionGroup(title: "Gateway")
    var gateway: GatewayFlags

    var given: [Setting: String?] {
        let own: [Setting: String?] = [
            .host: host, .port: port.map(String.init), .basePath: basePath, .logLevel: logLevel, .logFormat: logFormat,
            .memoryBudget: memoryBudget,
            .allowedHosts: allowedHosts.isEmpty ? nil : allowedHosts.joined(separator: ","),
        ]
        return own.merging(tls.given) { $1 }.merging(place.given) { $1 }.merging(backups.given) { $1 }.merging(
            gateway.given
        ) { $1 }
    }

    func run() async throws {
        ProcessLimits.prepare()
        try await CommandFailure.reported {
            let settings: @Sendable () throws -> Settings = {
                try Settings(self, environment: EnvironmentVariables())
            }
            let first = try settings()
            try ProcessLimits.checkOpenFiles()
            // Before the data folder is created, so that an error leaves nothing.
            try await Blocking.run { try first.checkTLS() }
            try await App(first, in: first.takeDataFolder(requiring: .nothing)).serve(reloading: settings)
        }
    }
}
