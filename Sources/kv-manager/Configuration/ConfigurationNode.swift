import KVModel
import Yams

/// A mistake in the configuration file, with its line.
struct ConfigurationFault: Error {
    var line: Int?
    var detail: String
}

extension ConfigurationFault {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, detail: "This is neither YAML nor JSON: \(problem).")
        case .duplicatedKeysInMapping(let names, let context):
            let fields = names.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(line: context.mark.line, detail: "Fields are given more than once: \(fields).")
        default:
            self.init(line: nil, detail: "This is neither YAML nor JSON: \(error).")
        }
    }
}

/// Reads parts of the configuration file. Errors have the line of the part.
enum ConfigurationNode {
    /// Returns the root of a file; nil if the file is empty.
    static func compose(_ text: String) throws -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationFault(error)
        }
    }

    /// Returns the text of a value. An empty value is an error: `data: ~` is one in YAML, and was meant to be the home folder.
    static func text(_ node: Node, _ name: String) throws -> String {
        guard node.null == nil else {
            throw KVError(
                .invalidRequest, "\"\(name)\" has no value. Write it in quotation marks, or leave the field out.")
        }
        guard let text = node.string else {
            throw KVError(.invalidRequest, "Invalid \"\(name)\": use text.")
        }
        return text
    }

    static func boolean(_ node: Node, _ name: String) throws -> Bool {
        guard let value = node.bool else {
            throw KVError(.invalidRequest, "Invalid \"\(name)\": use true or false.")
        }
        return value
    }

    static func port(_ node: Node) throws -> Int {
        guard let port = node.int, (0...65_535).contains(port) else {
            throw KVError(.invalidRequest, "Invalid \"port\": use a number from 0 to 65535.")
        }
        return port
    }

    static func list(_ node: Node, _ name: String) throws -> [Node] {
        guard let sequence = node.sequence else {
            throw KVError(.invalidRequest, "Invalid \"\(name)\": use a list.")
        }
        return Array(sequence)
    }

    /// Calls `read` with the name and value of each field. It returns false for an unknown name, which is an error.
    static func members(of node: Node, _ place: String, _ read: (String, Node) throws -> Bool) throws {
        try at(node) {
            guard let mapping = node.mapping else {
                throw KVError(.invalidRequest, "\(place) must consist of names and values.")
            }
            for (key, value) in mapping {
                let name = key.string ?? ""
                try at(key) {
                    guard try read(name, value) else {
                        throw KVError(.invalidRequest, "\(place) has no field \(quoting: name).")
                    }
                }
            }
        }
    }

    /// Adds the line of a node to an error that has no line.
    static func at<Result>(_ node: Node, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as KVError {
            throw ConfigurationFault(line: node.mark?.line, detail: error.detail)
        }
    }
}
