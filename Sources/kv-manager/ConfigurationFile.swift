import Foundation
import KVModel
import Yams

/// The configuration file: YAML, of which JSON is a part. A field that is not known stops the start.
struct ConfigurationFile {
    private(set) var host: String?
    private(set) var port: Int?
    private(set) var data: String?
    private(set) var allowedHosts: [String]?
    private(set) var stores: [StoreSettings] = []
    private(set) var gateway = GatewayFields()

    init(path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw KVError(.invalidRequest, "The configuration file \(path) cannot be read as UTF-8 text.")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw KVError(.invalidRequest, "The configuration file \(path) is neither YAML nor JSON: \(error).")
        }
        guard let node else { return }
        try Self.members(of: node, "The configuration file") { name, value in
            switch name {
            case "host": host = try Self.text(value, name)
            case "port": port = try Self.port(value)
            case "data": data = try Self.text(value, name)
            case "allowedHosts": allowedHosts = try Self.list(value, name).map { try Self.text($0, name) }
            case "gateway":
                try Self.members(of: value, "\"gateway\" in the configuration") { name, value in
                    gateway.set(name, to: try Self.text(value, name))
                }
            case "stores": stores = try Self.list(value, name).map(Self.store)
            default: return false
            }
            return true
        }
        for store in stores where stores.count(where: { $0.name == store.name }) > 1 {
            throw KVError(.invalidRequest, "Two stores in the configuration are named \"\(store.name)\".")
        }
    }

    private static func store(_ node: Node) throws -> StoreSettings {
        var name: String?
        var label: String?
        var engine: EngineKind?
        try members(of: node, "A store in the configuration") { member, value in
            switch member {
            case "name": name = try storeName(value)
            case "label": label = try text(value, member)
            case "engine": engine = try kind(value)
            default: return false
            }
            return true
        }
        guard let name, let engine else {
            throw KVError(.invalidRequest, "A store in the configuration needs a \"name\" and an \"engine\".")
        }
        return StoreSettings(name: name, engine: engine, label: label)
    }

    /// A store's name stands in addresses and names its file.
    private static func storeName(_ node: Node) throws -> String {
        let name = try text(node, "name")
        let isPlain = name.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw KVError(
                .invalidRequest,
                "A store's name is 1 to 64 of a-z, 0-9 and \"-\"; \"\(name)\" in the configuration is not.")
        }
        return name
    }

    private static func kind(_ node: Node) throws -> EngineKind {
        let name = try text(node, "engine")
        guard let kind = EngineKind(rawValue: name) else {
            let known = EngineKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw KVError(.invalidRequest, "There is no engine \"\(name)\"; there is: \(known).")
        }
        return kind
    }

    private static func port(_ node: Node) throws -> Int {
        guard let port = node.int, (0...65_535).contains(port) else {
            throw KVError(.invalidRequest, "\"port\" in the configuration is a number from 0 to 65535.")
        }
        return port
    }

    private static func text(_ node: Node, _ name: String) throws -> String {
        guard let text = node.string else {
            throw KVError(.invalidRequest, "\"\(name)\" in the configuration is a text.")
        }
        return text
    }

    private static func list(_ node: Node, _ name: String) throws -> [Node] {
        guard let sequence = node.sequence else {
            throw KVError(.invalidRequest, "\"\(name)\" in the configuration is a list.")
        }
        return Array(sequence)
    }

    private static func members(of node: Node, _ place: String, _ read: (String, Node) throws -> Bool) throws {
        guard let mapping = node.mapping else {
            throw KVError(.invalidRequest, "\(place) is made of names and values.")
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard try read(name, value) else { throw KVError(.invalidRequest, "\(place) has no field \"\(name)\".") }
        }
    }
}
