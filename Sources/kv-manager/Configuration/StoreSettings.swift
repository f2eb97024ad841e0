import KVModel
import Yams

/// One configured store.
struct StoreSettings: Equatable {
    var name: String
    var label: String?
    var provider: any EngineProvider
    /// Whether all writes are refused.
    var isProtected = false
    /// Whether the configuration file names it.
    var isGiven = true

    /// The settings on one line, without secrets.
    var summary: String { provider.summary + (isProtected ? ", protected" : "") }

    static func == (one: StoreSettings, other: StoreSettings) -> Bool {
        one.name == other.name && one.label == other.label && one.provider.isEqual(to: other.provider)
            && one.isProtected == other.isProtected && one.isGiven == other.isGiven
    }
}

extension StoreSettings {
    /// Reads a store in the configuration file.
    init(_ node: Node, _ environment: EnvironmentVariables) throws {
        var name: String?, label: String?, engine: (any EngineProvider.Type)?, isProtected = false
        var fields: [String: Node] = [:]
        try ConfigurationNode.members(of: node, "A store in the configuration") { member, value in
            switch member {
            case "name": name = try Self.storeName(value)
            case "label": label = try ConfigurationNode.text(value, member)
            case "engine": engine = try Self.engine(value)
            case "protected": isProtected = try ConfigurationNode.boolean(value, member)
            default:
                guard App.engines.contains(where: { $0.fields.contains(member) }) else { return false }
                fields[member] = value
            }
            return true
        }
        guard let name, let engine else {
            throw KVError(.invalidRequest, "A store in the configuration needs a \"name\" and an \"engine\".")
        }
        for field in App.engines.flatMap({ $0.fields }) where !engine.fields.contains(field) {
            guard let node = fields[field] else { continue }
            try ConfigurationNode.at(node) {
                throw KVError(
                    .invalidRequest,
                    "The store \"\(name)\" has the engine \(engine.engine), which has no field \"\(field)\".")
            }
        }
        let provider = try engine.init(ConfiguredStore(store: name, fields: fields, environment: environment))
        self.init(name: name, label: label, provider: provider, isProtected: isProtected)
    }

    /// A store's name is part of addresses and names its file.
    private static func storeName(_ node: Node) throws -> String {
        let name = try ConfigurationNode.text(node, "name")
        let isPlain = name.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw KVError(
                .invalidRequest,
                "Invalid store name \(quoting: name): use 1 to 64 of a-z, 0-9 and \"-\".")
        }
        return name
    }

    private static func engine(_ node: Node) throws -> any EngineProvider.Type {
        let name = try ConfigurationNode.text(node, "engine")
        guard let engine = App.engines.first(where: { $0.engine == name }) else {
            let known = App.engines.map { $0.engine }.joined(separator: ", ")
            throw KVError(.invalidRequest, "Invalid engine \(quoting: name): use one of \(known).")
        }
        return engine
    }
}

/// The fields of a store that its engine reads, and the environment.
private struct ConfiguredStore: StoreConfiguration {
    let store: String
    let fields: [String: Node]
    let environment: EnvironmentVariables

    func field<Value>(_ name: String, _ parse: (String) throws(KVError) -> Value) throws -> Value? {
        guard let node = fields[name] else { return nil }
        return try ConfigurationNode.at(node) { try parse(ConfigurationNode.text(node, name)) }
    }

    func variable(_ name: String) -> String? { environment[name] }

    func secret(in variable: String) throws -> String? { try Choices.secret(variable, in: environment) }

    func path(_ text: String) throws -> String { try PathText.expanded(text, home: environment.home) }
}
