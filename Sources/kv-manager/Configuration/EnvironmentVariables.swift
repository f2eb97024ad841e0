import Foundation

/// The environment variables that settings are read from. An empty variable counts as unset.
struct EnvironmentVariables: Sendable {
    /// Protocols of Kubernetes Services.
    private static let serviceProtocols = ["tcp", "udp", "sctp"]

    private let variables: [String: String]
    /// Variables that are ignored, and why; a sentence each.
    let notices: [String]

    init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
        var variables = variables.filter { !$0.value.isEmpty }
        let port = Setting.port.variable
        if let text = variables[port], Self.isServiceAddress(text) {
            variables[port] = nil
            notices = [
                "\(port) is ignored: \(text.prefix(100)) is what Kubernetes sets for a Service named kv-manager. "
                    + "Set the port by --port or in the configuration file."
            ]
        } else {
            notices = []
        }
        self.variables = variables
    }

    subscript(name: String) -> String? { variables[name] }

    /// The folder that `~` stands for.
    var home: String { variables["HOME"] ?? NSHomeDirectory() }

    /// Whether a text has the form that Kubernetes gives `{SERVICE}_PORT`, such as `tcp://10.96.0.12:8787`.
    private static func isServiceAddress(_ text: String) -> Bool {
        serviceProtocols.contains { text.hasPrefix("\($0)://") }
    }
}
