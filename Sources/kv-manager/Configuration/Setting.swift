/// What can be set, and by which names: on the command line, in the environment, in the configuration file.
enum Setting: String, CaseIterable {
    case config, data, backups, host, port, basePath, tlsCert, tlsKey, allowedHosts, logLevel, logFormat, memoryBudget
    case gatewayTokens, gatewayQuota, gatewayLatency, gatewayFaults, gatewaySeed
    case pace, server, serverHeaders, caCert, store

    /// On the command line.
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
        // Whoever lists processes sees their options.
        case .gatewayTokens, .serverHeaders: nil
        case .pace: nil
        case .config, .data, .backups, .host, .port, .server, .store: "--\(rawValue)"
        }
    }

    /// In the environment.
    var variable: String {
        let words = rawValue.reduce(into: "") { name, letter in
            name += (letter.isUppercase ? "_" : "") + letter.uppercased()
        }
        return "KV_MANAGER_\(words)"
    }

    /// In the configuration file.
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

    /// What holds where nothing is set, in words.
    var usual: String {
        switch self {
        case .config, .allowedHosts, .serverHeaders: "none"
        case .tlsCert, .tlsKey: "none: plain HTTP"
        case .caCert: "those of the system alone"
        case .data: "$XDG_DATA_HOME/kv-manager, or ~/.local/share/kv-manager"
        case .backups: "backups within the data folder"
        case .host: "127.0.0.1"
        case .port: "8787"
        case .basePath: "none: the root"
        case .logLevel: "info"
        case .logFormat: "auto"
        case .memoryBudget: "256MiB"
        case .gatewayTokens: "none: any is accepted"
        case .gatewayQuota: "no limit"
        case .gatewayLatency, .gatewayFaults: "0"
        case .gatewaySeed: "another one each time"
        case .pace: "1200/300s"
        case .server: "the data folder"
        case .store: "local"
        }
    }

    var words: String {
        switch self {
        case .config: "the configuration file, YAML or JSON"
        case .data: "the folder of the program's data"
        case .backups: "the folder of backups"
        case .host: "the address to listen on"
        case .port: "the port to listen on; 0 picks a free one"
        case .basePath: "the path below which everything is served, like /kv"
        case .tlsCert: "a PEM file: the certificate for HTTPS, and the chain behind it"
        case .tlsKey: "a PEM file: the certificate's private key"
        case .allowedHosts: "host names to answer to, besides localhost and addresses; comma-separated"
        case .logLevel: "what is logged: trace, debug, info, notice, warning, error, critical"
        case .logFormat: "how: text, json, or auto, which is text for a terminal"
        case .memoryBudget: "memory for bodies and answers of all connections together, like 256MiB"
        case .gatewayTokens: "tokens that the gateway accepts, comma-separated"
        case .gatewayQuota: "requests that a credential has at the gateway"
        case .gatewayLatency: "what every request to the gateway takes longer"
        case .gatewayFaults: "how probable it is that a request to the gateway fails"
        case .gatewaySeed: "with the same number, the same requests fail"
        case .pace: "the quota of every Cloudflare store"
        case .server: "the server that commands speak to"
        case .serverHeaders: "headers that commands send to it, a line each, for a proxy that authenticates users"
        case .caCert:
            "a PEM file: certificates that commands trust as well, for a server with a self-signed certificate"
        case .store: "the store that commands work on"
        }
    }

    /// It is for commands; a server has no use for it.
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

    /// It may come from a file that the variable with `_FILE` at its end names, and is not shown.
    var isSecret: Bool { self == .gatewayTokens || self == .serverHeaders }
}
