import Foundation
import Logging
import Synchronization

/// Log lines on standard error: time, level, message, what belongs to it. One event is one line, whatever stands in it:
/// control characters are escaped.
///
/// Unlike swift-log's own handler it puts metadata into words only when a line is written: every request sets some.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Date().ISO8601Format(.init(includingFractionalSeconds: true))) \(event.level) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.word("\(value)"))" }
        Self.output.withLock { $0.write(Data((Self.oneLine(line) + "\n").utf8)) }
    }

    private static let output = Mutex(FileHandle.standardError)

    /// A value that would be taken for several is put into quotes.
    private static func word(_ value: String) -> String {
        guard value.contains(where: { " =\"".contains($0) }) else { return value }
        return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { line, scalar in
            line += isControl(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }

    private static func isControl(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }
}
