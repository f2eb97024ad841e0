import KVModel
import Yams

/// Reads parts of the configuration file, and says which part is not what it should be.
enum ConfigurationNode {
    static func text(_ node: Node, _ name: String) throws -> String {
        guard let text = node.string else {
            throw KVError(.invalidRequest, "\"\(name)\" in the configuration is a text.")
        }
        return text
    }

    static func boolean(_ node: Node, _ name: String) throws -> Bool {
        guard let value = node.bool else {
            throw KVError(.invalidRequest, "\"\(name)\" in the configuration is true or false.")
        }
        return value
    }

    static func port(_ node: Node) throws -> Int {
        guard let port = node.int, (0...65_535).contains(port) else {
            throw KVError(.invalidRequest, "\"port\" in the configuration is a number from 0 to 65535.")
        }
        return port
    }

    static func list(_ node: Node, _ name: String) throws -> [Node] {
        guard let sequence = node.sequence else {
            throw KVError(.invalidRequest, "\"\(name)\" in the configuration is a list.")
        }
        return Array(sequence)
    }

    /// `read` returns false for a name that it does not know, which stops the start.
    static func members(of node: Node, _ place: String, _ read: (String, Node) throws -> Bool) throws {
        guard let mapping = node.mapping else {
            throw KVError(.invalidRequest, "\(place) is made of names and values.")
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard try read(name, value) else { throw KVError(.invalidRequest, "\(place) has no field \"\(name)\".") }
        }
    }
}
