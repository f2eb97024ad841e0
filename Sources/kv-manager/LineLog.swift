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
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        Self.output.withLock { $0.write(Data((Self.oneLine(line) + "\n").utf8)) }
    }

    private static let output = Mutex(FileHandle.standardError)

    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return text.unicodeScalars.reduce(into: "") { line, scalar in
            line += scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}
