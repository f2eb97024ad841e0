import ArgumentParser
import Foundation
import KVFiles

/// `kv-manager serve`: the web interface, the API and the jobs, until it is told to end.
struct Serve: AsyncParsableCommand, Sendable {
    static let configuration = CommandConfiguration(
        abstract: "Serve the web interface, the REST API and live progress.",
        discussion: """
            Options beat environment variables, and those beat the configuration file; kv-manager config show prints \
            the result, and where each of them can be set.

            Example:
              kv-manager serve --port 8080 --data /var/lib/kv-manager
            """)

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The path below which everything is served, like /kv, for a proxy that has other things beside it.",
            valueName: "path"))
    var basePath: String?

    @OptionGroup
    var place: PlaceOptions

    @OptionGroup
    var backups: BackupsOption

    @OptionGroup(title: "TLS")
    var tls: TLSFlags

    @Option(name: .customLong("allowed-host"), help: "A host name to answer to, besides localhost and addresses.")
    var allowedHosts: [String] = []

    @Flag(help: "Listen beyond this machine although anybody who reaches the port may then do everything.")
    var allowUnauthenticated = false

    @Option(
        help: ArgumentHelp(
            "What is logged: trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How it is logged: auto, text or json.", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "The memory for bodies and answers of all connections together, like 256MiB. Beyond it requests wait.",
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
            // Before a folder is created: a wrong path must not leave one behind.
            try await Blocking.run { try first.checkTLS() }
            try await App(first, in: first.takeDataFolder(requiring: .nothing)).serve(rereading: settings)
        }
    }
}
