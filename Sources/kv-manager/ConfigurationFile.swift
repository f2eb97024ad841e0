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

    init(path: String, environment: [String: String]) throws {
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
        try ConfigurationNode.members(of: node, "The configuration file") { name, value in
            switch name {
            case "host": host = try ConfigurationNode.text(value, name)
            case "port": port = try ConfigurationNode.port(value)
            case "data": data = try ConfigurationNode.text(value, name)
            case "allowedHosts":
                allowedHosts = try ConfigurationNode.list(value, name).map { try ConfigurationNode.text($0, name) }
            case "gateway":
                try ConfigurationNode.members(of: value, "\"gateway\" in the configuration") { name, value in
                    gateway.set(name, to: try ConfigurationNode.text(value, name))
                }
            case "stores":
                stores = try ConfigurationNode.list(value, name).map { try StoreFields($0).settings(environment) }
            default: return false
            }
            return true
        }
        for store in stores where stores.count(where: { $0.name == store.name }) > 1 {
            throw KVError(.invalidRequest, "Two stores in the configuration are named \"\(store.name)\".")
        }
    }
}
