import Foundation
import KVFiles
import KVModel
import Yams

/// The configuration file, in YAML, which includes JSON. An unknown field is an error.
struct ConfigurationFile {
    private(set) var choices: [Setting: Choices.Choice] = [:]
    private(set) var stores: [StoreSettings] = []
    private let path: String

    /// - Parameter source: The source of the path, for errors.
    ///
    /// Throws `invalid_request` with the path and the line of the mistake.
    init(path: String, source: String, environment: EnvironmentVariables) throws {
        self.path = path
        let text: String
        do throws(SettingFile.Unreadable) {
            text = try SettingFile.text(at: path)
        } catch {
            throw KVError(
                .invalidRequest, "\(source): the configuration file \(path) cannot be read: \(error.reason).")
        }
        do {
            guard let node = try ConfigurationNode.compose(text) else { return }
            try read(node, environment)
        } catch let error as ConfigurationFault {
            throw KVError(
                .invalidRequest, "\(path)\(error.line.map { ", line \($0)" } ?? ""): \(error.detail)")
        }
    }

    private mutating func read(_ node: Node, _ environment: EnvironmentVariables) throws {
        try ConfigurationNode.members(of: node, "The configuration") { name, value in
            switch name {
            case "port": set(.port, String(try ConfigurationNode.port(value)), value)
            case "allowedHosts":
                let hosts = try ConfigurationNode.list(value, name).map { try ConfigurationNode.text($0, name) }
                set(.allowedHosts, hosts.joined(separator: ","), value)
            case "gateway":
                try ConfigurationNode.members(of: value, "\"gateway\" in the configuration") { name, value in
                    guard let setting = Setting.allCases.first(where: { $0.field == "gateway.\(name)" }) else {
                        return false
                    }
                    set(setting, try ConfigurationNode.text(value, name), value)
                    return true
                }
            case "stores":
                for node in try ConfigurationNode.list(value, name) {
                    try ConfigurationNode.at(node) { try add(StoreSettings(node, environment)) }
                }
            default:
                guard let setting = Setting.allCases.first(where: { $0.field == name }) else { return false }
                set(setting, try ConfigurationNode.text(value, name), value)
            }
            return true
        }
    }

    private mutating func set(_ setting: Setting, _ text: String, _ node: Node) {
        choices[setting] = (text, .file(path: path, line: node.mark?.line ?? 1))
    }

    private mutating func add(_ store: StoreSettings) throws {
        guard !stores.contains(where: { $0.name == store.name }) else {
            throw KVError(.invalidRequest, "Another store is named \"\(store.name)\" as well; rename one of them.")
        }
        stores.append(store)
    }
}
