import Foundation
import KVModel

/// What was set, and where: options before environment before configuration file.
struct Choices {
    enum Origin: String {
        case option, environment, file
    }

    var options: [Setting: String] = [:]
    let environment: [String: String]
    var file: [Setting: String] = [:]

    /// Throws when a secret is set twice, or its file cannot be read.
    func text(_ setting: Setting) throws(KVError) -> String? { try choice(setting)?.text }

    /// What of it the configuration says, before that is read as what it should be.
    func choice(_ setting: Setting) throws(KVError) -> (text: String, origin: Origin)? {
        if let text = options[setting] { return (text, .option) }
        let text = setting.isSecret ? try Self.secret(setting.variable, in: environment) : environment[setting.variable]
        if let text { return (text, .environment) }
        return file[setting].map { ($0, .file) }
    }

    /// A secret out of the environment: in a variable, or in the file that the one with `_FILE` at its end names.
    static func secret(_ variable: String, in environment: [String: String]) throws(KVError) -> String? {
        guard let path = environment["\(variable)_FILE"] else { return environment[variable] }
        guard environment[variable] == nil else {
            throw KVError(.invalidRequest, "\(variable) and \(variable)_FILE are both set; unset one of them.")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw KVError(.invalidRequest, "The file that \(variable)_FILE names, \(path), cannot be read.")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else {
            throw KVError(.invalidRequest, "The file that \(variable)_FILE names, \(path), is empty.")
        }
        return secret
    }
}
