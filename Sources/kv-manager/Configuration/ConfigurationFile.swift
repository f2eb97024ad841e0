import Foundation
import KVModel
import Yams

/// The configuration file: YAML, of which JSON is a part. A field that is not known stops the start.
struct ConfigurationFile {
    private(set) var texts: [Setting: String] = [:]
    private(set) var stores: [StoreSettings] = []

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
            case "port": texts[.port] = String(try ConfigurationNode.port(value))
            case "allowedHosts":
                let hosts = try ConfigurationNode.list(value, name).map { try ConfigurationNode.text($0, name) }
                texts[.allowedHosts] = hosts.joined(separator: ",")
            case "gateway":
                try ConfigurationNode.members(of: value, "\"gateway\" in the configuration") { name, value in
                    guard let setting = Setting.allCases.first(where: { $0.field == "gateway.\(name)" }) else {
                        return false
                    }
                    texts[setting] = try ConfigurationNode.text(value, name)
                    return true
                }
            case "stores":
                stores = try ConfigurationNode.list(value, name).map { try StoreFields($0).settings(environment) }
            default:
                guard let setting = Setting.allCases.first(where: { $0.field == name }) else { return false }
                texts[setting] = try ConfigurationNode.text(value, name)
            }
            return true
        }
        for store in stores where stores.count(where: { $0.name == store.name }) > 1 {
            throw KVError(.invalidRequest, "Two stores in the configuration are named \"\(store.name)\".")
        }
    }
}
