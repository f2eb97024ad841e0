import ArgumentParser
import Foundation
import KVFiles
import KVModel
import KVServer

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration, or show the resulting settings.",
        subcommands: [Check.self, Show.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check whether a server would start with this configuration.",
            discussion: "Takes the options of serve.\n\nExample:\n  kv-manager config check --config kv-manager.yaml")

        @OptionGroup var options: Serve

        func run() async throws {
            try await CommandFailure.reported {
                let settings = try Settings(options, environment: EnvironmentVariables())
                try await Blocking.run { try settings.checkTLS() }
                for notice in settings.choices.environment.notices { try await Console.tell(notice) }
                let stores = settings.stores.map(\.name).joined(separator: ", ")
                try await Console.print(
                    "In order: \(settings.address(port: settings.port)), data in \(settings.dataFolder), stores \(stores)."
                )
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each setting and its source; secrets are masked.",
            discussion: "Takes the options of serve.\n\nExample:\n  kv-manager config show --config kv-manager.yaml")

        @OptionGroup var options: Serve
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await CommandFailure.reported {
                let settings = try Settings(options, environment: EnvironmentVariables())
                let rows = try Setting.allCases.map { try Row($0, of: settings) } + settings.stores.map(Row.init)
                try await output.output == .text ? printTable(rows) : printJSON(rows)
            }
        }

        private func printTable(_ rows: [Row]) async throws {
            let cells = [["SETTING", "VALUE", "FROM"]] + rows.map { [$0.setting, $0.value, $0.source ?? $0.from] }
            let widths = (0..<2).map { column in cells.map { TerminalText.width($0[column]) }.max() ?? 0 }
            for row in cells {
                let padded = zip(row, widths).map { TerminalText.padded(TerminalText.visible($0), to: $1) }
                try await Console.print((padded + [row[2]]).joined(separator: "  "))
            }
        }

        private func printJSON(_ rows: [Row]) async throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            if output.output == .json {
                return try await Console.print(String(decoding: encoder.encode(rows), as: UTF8.self))
            }
            for row in rows { try await Console.print(String(decoding: encoder.encode(row), as: UTF8.self)) }
        }
    }

    /// A setting as the command prints it.
    private struct Row: Encodable {
        var setting: String
        var value: String
        /// `default` if it is not set.
        var from: String
        /// The option, the variable, or the file and its line.
        var source: String?
        var option: String?
        var variable: String?
        var field: String?
        var usual: String?
        var words: String?
        var reread: Bool?

        init(_ setting: Setting, of settings: Settings) throws {
            self.setting = setting.rawValue
            let choice = try settings.choices.choice(setting)
            let shown =
                switch setting {
                case .data: settings.dataFolder
                case .backups: settings.backups
                default: choice?.text ?? setting.usual
                }
            value = choice != nil && setting.isSecret ? Self.mask : Self.withoutUser(shown)
            from = choice?.origin.name ?? "default"
            source = choice?.origin.words
            option = setting.option
            variable = setting.variable + (setting.isSecret ? ", or …_FILE" : "")
            field = setting.field
            usual = setting.usual
            words = setting.summary
            reread = setting.isReread
        }

        private static let mask = "********"

        /// An address may hold a password.
        private static func withoutUser(_ text: String) -> String {
            guard let url = URLComponents(string: text), url.user != nil else { return text }
            return "\(url.scheme ?? "")://\(mask)@\(url.host ?? "")"
        }

        init(_ store: StoreSettings) {
            setting = "stores.\(store.name)"
            value = store.summary
            from = store.isGiven ? "file" : "default"
        }
    }
}
