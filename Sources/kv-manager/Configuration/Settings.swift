import Foundation
import KVModel
import KVServer
import Logging

/// How the program is to run: options before environment before configuration file before defaults.
struct Settings {
    var host: String
    var port: Int
    /// Below which everything is served.
    var basePath: BasePath
    /// Nil: plain HTTP.
    var tls: TLSFiles?
    var dataFolder: String
    /// The folder of backups.
    var backups: String
    var allowedHosts: [AllowedHost]
    var logLevel: Logger.Level
    var logForm: LogForm
    var stores: [StoreSettings]
    var gateway: GatewayOptions
    /// Bytes that the bodies and answers of all connections may take.
    var memoryBudget: Int

    /// What a server was told of one.
    func told(_ setting: Setting) -> String? { texts[setting] }
    private var texts: [Setting: String] = [:]

    /// Where each of them comes from.
    let choices: Choices

    /// For a server. Throws for an address that other machines reach, unless that is allowed.
    init(_ options: Serve, environment: [String: String]) throws {
        try self.init(options.given.compactMapValues(\.self), environment: environment)
        host = try choices.text(.host) ?? "127.0.0.1"
        port = try choices.text(.port).map(Self.port) ?? 8_787
        basePath = try choices.text(.basePath).map { text throws(KVError) in try BasePath(text) } ?? .root
        tls = try Self.tls(choices.text(.tlsCert), choices.text(.tlsKey))
        allowedHosts = try choices.text(.allowedHosts).map(AllowedHost.list) ?? []
        logLevel = try Self.logLevel(choices.text(.logLevel))
        logForm = try Self.logForm(choices.text(.logFormat))
        gateway = try GatewayOptions(choices)
        memoryBudget = try choices.text(.memoryBudget).map(Self.memoryBudget) ?? MemoryBudget.defaultBytes
        for setting in Setting.allCases where !setting.isOfCommands { texts[setting] = try choices.text(setting) }
        guard options.allowUnauthenticated || Self.isLoopback(host) else {
            throw KVError(
                .invalidRequest,
                """
                \(host) can be reached from other machines, and there is no sign-in yet: whoever reaches the port could \
                read and delete everything. Listen on 127.0.0.1, or say --allow-unauthenticated if a proxy or a firewall \
                in front of it decides who may.
                """)
        }
    }

    /// For one command on the data folder: it listens for itself alone, and logs only what is wrong.
    init(_ given: [Setting: String], environment: [String: String]) throws {
        var choices = Choices(options: given, environment: environment)
        let file = try choices.text(.config).map { try ConfigurationFile(path: $0, environment: environment) }
        choices.file = file?.texts ?? [:]
        self.choices = choices
        host = "127.0.0.1"
        port = 0
        basePath = .root
        tls = nil
        dataFolder = try choices.text(.data) ?? Self.defaultDataFolder(environment)
        guard !dataFolder.isEmpty else {
            throw KVError(
                .invalidRequest, "The folder of the program's data has an empty name; leave --data out, or name one.")
        }
        backups = try choices.text(.backups) ?? "\(dataFolder)/backups"
        allowedHosts = []
        logLevel = .warning
        logForm = .text
        gateway = GatewayOptions()
        memoryBudget = MemoryBudget.defaultBytes
        stores = file?.stores ?? []
        if !stores.contains(where: { $0.name == "local" }) {
            stores.insert(.local, at: 0)
        }
    }

    private static func port(_ text: String) throws(KVError) -> Int {
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw KVError(.invalidRequest, "A port is a number from 0 to 65535; \"\(text)\" is not.")
        }
        return port
    }

    /// Below 64 MiB a request with a value of 25 MiB would have to wait for all others.
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

    private static func tls(_ certificate: String?, _ key: String?) throws(KVError) -> TLSFiles? {
        switch (certificate, key) {
        case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (nil, _): throw KVError(.invalidRequest, "--tls-key is there without --tls-cert; TLS needs both.")
        case (_, nil): throw KVError(.invalidRequest, "--tls-cert is there without --tls-key; TLS needs both.")
        }
    }

    /// Where people reach the program, once it listens at the port.
    func address(port: Int) -> String {
        "\(tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(basePath.text)"
    }

    private static func logLevel(_ text: String?) throws(KVError) -> Logger.Level {
        guard let text else { return .info }
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw KVError(.invalidRequest, "A log level is one of \(known); \"\(text)\" is not.")
        }
        return level
    }

    /// Text for a terminal and JSON for all else, unless one of them is asked for.
    private static func logForm(_ text: String?) throws(KVError) -> LogForm {
        guard let text, text != "auto" else { return Console.errorIsTerminal ? .text : .json }
        guard let form = LogForm(rawValue: text) else {
            throw KVError(.invalidRequest, "A log format is one of auto, text, json; \"\(text)\" is not.")
        }
        return form
    }

    private static func defaultDataFolder(_ environment: [String: String]) -> String {
        let home = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? "\(environment["HOME"] ?? NSHomeDirectory())/.local/share") + "/kv-manager"
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
