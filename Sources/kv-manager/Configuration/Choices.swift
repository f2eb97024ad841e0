import Foundation
import KVFiles
import KVModel

/// The values of settings and their sources. Options take precedence over environment variables, and those over the configuration
/// file.
struct Choices {
    enum Origin: Equatable {
        case option(String)
        case variable(String)
        case file(path: String, line: Int)

        /// The kind of source, as JSON output has it.
        var name: String {
            switch self {
            case .option: "option"
            case .variable: "environment"
            case .file: "file"
            }
        }

        /// The source as errors name it.
        var words: String {
            switch self {
            case .option(let name), .variable(let name): name
            case .file(let path, let line): "\(path), line \(line)"
            }
        }
    }

    typealias Choice = (text: String, origin: Origin)

    var options: [Setting: String] = [:]
    let environment: EnvironmentVariables
    var file: [Setting: Choice] = [:]

    /// Throws when a secret is set twice, or its file cannot be read.
    func text(_ setting: Setting) throws(KVError) -> String? { try choice(setting)?.text }

    /// Returns the text of a setting and its source; nil if it is not set.
    func choice(_ setting: Setting) throws(KVError) -> Choice? {
        if let text = options[setting] { return (text, .option(setting.option ?? setting.rawValue)) }
        let text = setting.isSecret ? try Self.secret(setting.variable, in: environment) : environment[setting.variable]
        if let text { return (text, .variable(setting.variable)) }
        return file[setting]
    }

    /// Parses a setting. Returns nil if it is not set. Errors name its source.
    func read<Value>(
        _ setting: Setting, _ parse: (String) throws(KVError) -> Value
    ) throws(KVError) -> Value? {
        guard let (text, origin) = try choice(setting) else { return nil }
        do throws(KVError) {
            return try parse(text)
        } catch {
            throw KVError(error.code, "\(origin.words): \(error.detail)", cause: error.cause)
        }
    }

    /// The sources of those of the settings that are set, for an error about them together; nil if none is set.
    func sources(of settings: Setting...) -> String? {
        let words = settings.compactMap { try? choice($0)?.origin.words }
        return words.isEmpty ? nil : words.joined(separator: " and ")
    }

    /// Returns the path of a file or a folder, with `~` expanded.
    func path(_ setting: Setting) throws(KVError) -> String? {
        try read(setting) { text throws(KVError) in try PathText.expanded(text, home: environment.home) }
    }

    /// Returns a secret from a variable, or from the file that the variable with the suffix `_FILE` names.
    static func secret(_ variable: String, in environment: EnvironmentVariables) throws(KVError) -> String? {
        let fileVariable = "\(variable)_FILE"
        guard let text = environment[fileVariable] else { return environment[variable] }
        guard environment[variable] == nil else {
            throw KVError(.invalidRequest, "\(variable) and \(fileVariable) are both set; unset one of them.")
        }
        let path: String
        do throws(KVError) {
            path = try PathText.expanded(text, home: environment.home)
        } catch {
            throw KVError(.invalidRequest, "\(fileVariable): \(error.detail)")
        }
        let content: String
        do throws(SettingFile.Unreadable) {
            content = try SettingFile.text(at: path)
        } catch {
            throw KVError(
                .invalidRequest, "The file that \(fileVariable) names, \(path), cannot be read: \(error.reason).")
        }
        let secret = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else {
            throw KVError(.invalidRequest, "The file that \(fileVariable) names, \(path), is empty.")
        }
        return secret
    }
}
