import Foundation
import KVHTTP
import KVModel
import KVServer
import Logging

/// The settings of a run of the program.
struct Settings {
    var host: String
    var port: Int
    /// The path under which everything is served.
    var basePath: BasePath
    /// Nil for plain HTTP.
    var tls: TLSFiles?
    var dataFolder: String
    /// The path of the folder of backups.
    var backups: String
    var allowedHosts: [AllowedHost]
    var logLevel: Logger.Level
    var logFormat: LogFormat
    var stores: [StoreSettings]
    var gateway: GatewayOptions
    /// The maximum number of bytes for request and response bodies of all connections.
    var memoryBudget: Int

    /// The text of a setting of a server; nil if it is not set.
    func text(of setting: Setting) -> String? { texts[setting] }
    private var texts: [Setting: String] = [:]

    /// Their sources.
    let choices: Choices

    /// The name of the default folder of backups in the data folder.
    static let backupsName = "backups"

    /// Reads the settings of a server. Throws if other machines can reach its address and that is not allowed.
    init(_ options: Serve, environment: EnvironmentVariables) throws {
        try self.init(options.given.compactMapValues(\.self), environment: environment)
        host = try choices.text(.host) ?? "127.0.0.1"
        port = try choices.read(.port, Self.port) ?? 8_787
        basePath = try choices.read(.basePath) { text throws(KVError) in try BasePath(text) } ?? .root
        tls = try Self.tls(choices)
        allowedHosts = try choices.read(.allowedHosts, AllowedHost.list) ?? []
        logLevel = try choices.read(.logLevel, Self.logLevel) ?? .info
        logFormat = try choices.read(.logFormat, Self.logFormat) ?? Self.defaultLogFormat
        gateway = try GatewayOptions(choices)
        memoryBudget = try choices.read(.memoryBudget, Self.memoryBudget) ?? MemoryBudget.defaultBytes
        for setting in Setting.allCases where !setting.isOfCommands { texts[setting] = try choices.text(setting) }
        guard options.allowUnauthenticated || Self.isLoopback(host) else {
            throw KVError(
                .invalidRequest,
                """
                \(choices.sources(of: .host) ?? ""): \(host) can be reached from other machines, and there is no sign-in: \
                anyone who reaches the port could read and delete everything. Listen on 127.0.0.1, or use \
                --allow-unauthenticated if a proxy or a firewall decides who has access.
                """)
        }
    }

    /// Reads the settings of a command that works on the data folder itself. It serves only its own requests, and logs only warnings
    /// and errors.
    init(_ given: [Setting: String], environment: EnvironmentVariables) throws {
        var choices = Choices(options: given, environment: environment)
        let file = try choices.path(.config).map { path in
            try ConfigurationFile(
                path: path, source: choices.sources(of: .config) ?? "", environment: environment)
        }
        choices.file = file?.choices ?? [:]
        self.choices = choices
        host = "127.0.0.1"
        port = 0
        basePath = .root
        tls = nil
        dataFolder = try choices.path(.data) ?? Self.defaultDataFolder(environment)
        backups = try choices.path(.backups) ?? "\(dataFolder)/\(Self.backupsName)"
        allowedHosts = []
        logLevel = .warning
        logFormat = .text
        gateway = GatewayOptions()
        memoryBudget = MemoryBudget.defaultBytes
        stores = file?.stores ?? []
        if !stores.contains(where: { $0.name == "local" }) {
            stores.insert(StoreSettings(name: "local", provider: App.embedded, isGiven: false), at: 0)
        }
    }

    private static func port(_ text: String) throws(KVError) -> Int {
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw KVError(.invalidRequest, "Invalid port \(quoting: text): use a number from 0 to 65535.")
        }
        return port
    }

    /// With less than 64 MiB a request with a value of 25 MiB would wait for all others.
    private static func memoryBudget(_ text: String) throws(KVError) -> Int {
        let units = ["MiB": 1 << 20, "GiB": 1 << 30]
        guard let (unit, bytes) = units.first(where: { text.hasSuffix($0.key) }),
            let number = Int(text.dropLast(unit.count)), (1...(1 << 20)).contains(number), number * bytes >= 64 << 20
        else {
            throw KVError(
                .invalidRequest,
                "Invalid memory budget \"\(text.prefix(100))\": use a whole number of MiB or GiB, at least 64MiB.")
        }
        return number * bytes
    }

    private static func tls(_ choices: Choices) throws(KVError) -> TLSFiles? {
        switch (try choices.path(.tlsCert), try choices.path(.tlsKey)) {
        case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (let certificate, _):
            let missing = certificate == nil ? "--tls-cert" : "--tls-key"
            let source = choices.sources(of: .tlsCert, .tlsKey) ?? ""
            throw KVError(.invalidRequest, "\(source) is set without \(missing); TLS needs both.")
        }
    }

    /// Throws if the files of TLS cannot be used. Blocks.
    func checkTLS() throws(KVError) {
        guard let tls else { return }
        do {
            try TLSCertificate.check(tls)
        } catch {
            throw KVError(
                error.code, "\(choices.sources(of: .tlsCert, .tlsKey) ?? ""): \(error.detail)", cause: error.cause)
        }
    }

    /// The address of the program once it listens at the port.
    func address(port: Int) -> String {
        "\(tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(basePath.text)"
    }

    private static func logLevel(_ text: String) throws(KVError) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw KVError(.invalidRequest, "Invalid log level \(quoting: text): use one of \(known).")
        }
        return level
    }

    /// Parses a log format. `auto` is text on a terminal and JSON elsewhere.
    private static func logFormat(_ text: String) throws(KVError) -> LogFormat {
        guard text != "auto" else { return defaultLogFormat }
        guard let form = LogFormat(rawValue: text) else {
            throw KVError(.invalidRequest, "Invalid log format \(quoting: text): use one of auto, text, json.")
        }
        return form
    }

    private static var defaultLogFormat: LogFormat { Console.errorIsTerminal ? .text : .json }

    private static func defaultDataFolder(_ environment: EnvironmentVariables) -> String {
        let shared = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (shared ?? "\(environment.home)/.local/share") + "/kv-manager"
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
