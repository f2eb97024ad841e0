/// The settings, and their names on the command line, in the environment and in the configuration file.
enum Setting: String, CaseIterable {
    case config, data, backups, host, port, basePath, tlsCert, tlsKey, allowedHosts, logLevel, logFormat, memoryBudget
    case gatewayTokens, gatewayQuota, gatewayLatency, gatewayFaults, gatewaySeed
    case pace, server, serverHeaders, caCert, store

    /// The name on the command line; nil if there is no option.
    var option: String? {
        switch self {
        case .basePath: "--base-path"
        case .tlsCert: "--tls-cert"
        case .tlsKey: "--tls-key"
        case .caCert: "--ca-cert"
        case .allowedHosts: "--allowed-host"
        case .logLevel: "--log-level"
        case .logFormat: "--log-format"
        case .memoryBudget: "--memory-budget"
        case .gatewayQuota: "--gateway-quota"
        case .gatewayLatency: "--gateway-latency"
        case .gatewayFaults: "--gateway-faults"
        case .gatewaySeed: "--gateway-seed"
        // Other users of the machine can list the options of a process.
        case .gatewayTokens, .serverHeaders: nil
        case .pace: nil
        case .config, .data, .backups, .host, .port, .server, .store: "--\(rawValue)"
        }
    }

    /// The name of the environment variable.
    var variable: String {
        let words = rawValue.reduce(into: "") { name, letter in
            name += (letter.isUppercase ? "_" : "") + letter.uppercased()
        }
        return "KV_MANAGER_\(words)"
    }

    /// The name in the configuration file; nil if it has no such field.
    var field: String? {
        switch self {
        case .data, .backups, .host, .port, .basePath, .tlsCert, .tlsKey, .allowedHosts, .logLevel, .logFormat,
            .memoryBudget:
            rawValue
        case .gatewayQuota: "gateway.quota"
        case .gatewayLatency: "gateway.latency"
        case .gatewayFaults: "gateway.faults"
        case .gatewaySeed: "gateway.seed"
        case .pace: "stores[].pace"
        case .config, .gatewayTokens, .server, .serverHeaders, .caCert, .store: nil
        }
    }

    /// The default, as documentation shows it.
    var usual: String {
        switch self {
        case .config, .allowedHosts, .serverHeaders: "none"
        case .tlsCert, .tlsKey: "none: plain HTTP"
        case .caCert: "those of the system only"
        case .data: "$XDG_DATA_HOME/kv-manager, or ~/.local/share/kv-manager"
        case .backups: "backups in the data folder"
        case .host: "127.0.0.1"
        case .port: "8787"
        case .basePath: "none: the root"
        case .logLevel: "info"
        case .logFormat: "auto"
        case .memoryBudget: "256MiB"
        case .gatewayTokens: "none: any token is accepted"
        case .gatewayQuota: "no limit"
        case .gatewayLatency, .gatewayFaults: "0"
        case .gatewaySeed: "random"
        case .pace: "1200/300s"
        case .server: "the data folder"
        case .store: "local"
        }
    }

    /// What the setting is, as documentation shows it.
    var summary: String {
        switch self {
        case .config: "the configuration file, YAML or JSON"
        case .data: "the data folder"
        case .backups: "the folder of backups"
        case .host: "the address to listen on"
        case .port: "the port to listen on; 0 picks a free one"
        case .basePath: "the path under which everything is served, such as /kv"
        case .tlsCert: "a PEM file with the certificate for HTTPS and its chain"
        case .tlsKey: "a PEM file with the private key of the certificate"
        case .allowedHosts: "host names that are served, besides localhost and IP addresses; comma-separated"
        case .logLevel: "the lowest level that is logged: trace, debug, info, notice, warning, error, critical"
        case .logFormat: "the format of the log: text, json, or auto (text on a terminal, json elsewhere)"
        case .memoryBudget: "memory for request and response bodies of all connections, such as 256MiB"
        case .gatewayTokens: "tokens that the gateway accepts, comma-separated"
        case .gatewayQuota: "the quota of each credential at the gateway, such as 1200/300s"
        case .gatewayLatency: "the delay of every request to the gateway, such as 20ms"
        case .gatewayFaults: "the probability that a request to the gateway fails, from 0 to 1"
        case .gatewaySeed: "a number that selects the requests that fail; the same number selects the same ones"
        case .pace: "the quota of every Cloudflare store"
        case .server: "the server that commands use"
        case .serverHeaders:
            "headers that commands send to the server, one per line, for a proxy that authenticates users"
        case .caCert:
            "a PEM file with certificates that commands also trust, for a server with a self-signed certificate"
        case .store: "the store that commands use"
        }
    }

    /// Whether only commands use the setting, and servers do not.
    var isOfCommands: Bool {
        switch self {
        case .server, .serverHeaders, .caCert, .store: true
        default: false
        }
    }

    /// Whether the setting is read again at SIGHUP; all others are read only at the start.
    var isReread: Bool {
        switch self {
        case .allowedHosts, .logLevel, .gatewayTokens: true
        default: false
        }
    }

    /// Whether the setting may be in a file that the variable with the suffix `_FILE` names. A secret is never shown.
    var isSecret: Bool { self == .gatewayTokens || self == .serverHeaders }
}
