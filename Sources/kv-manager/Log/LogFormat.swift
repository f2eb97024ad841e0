import Foundation
import KVModel
import KVServer

/// The format of log lines: text for people, or JSON for programs. One event is one line, whatever its text is.
enum LogFormat: String, CaseIterable {
    case text, json

    func line(_ line: LogLine) -> String {
        switch self {
        case .text: Self.text(line)
        case .json: Self.json(line)
        }
    }

    static func time(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
            .ISO8601Format(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func text(_ line: LogLine) -> String {
        let fields = line.fields.map { " \($0.name)=\(word($0.value))" }.joined()
        return TerminalText.visible("\(time(line.at)) \(line.level) \(line.message)\(fields)")
    }

    /// Quotes a value that contains separators.
    private static func word(_ value: String) -> String {
        guard value.contains(where: { " =\"".contains($0) }) else { return value }
        return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// `at`, `level` and `message`, and what belongs to the event under `fields`.
    private static func json(_ line: LogLine) -> String {
        let fields = Dictionary(line.fields.map { ($0.name, $0.value) }) { _, last in last }
        let event = Event(at: time(line.at), level: line.level, message: line.message, fields: fields)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings can always be encoded.
        return (try? encoder.encode(event)).map { String(decoding: $0, as: UTF8.self) } ?? line.message
    }

    private struct Event: Encodable {
        var at: String
        var level: String
        var message: String
        var fields: [String: String]
    }
}
