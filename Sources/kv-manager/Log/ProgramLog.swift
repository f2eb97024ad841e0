import Logging

/// Passes the program's log to its writer.
///
/// Unlike swift-log's own handler it formats metadata only when a line is written: every request sets some.
struct ProgramLog: LogHandler {
    let writer: LogWriter
    /// Of the value of a field.
    private static let maximumCharacters = 1_000

    var metadata: Logger.Metadata = [:]
    /// The level of this logger only; nil for that of the writer.
    private var ownLevel: Logger.Level?

    var logLevel: Logger.Level {
        get { ownLevel ?? writer.level }
        set { ownLevel = newValue }
    }

    init(_ writer: LogWriter) {
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count > maximumCharacters ? text.prefix(maximumCharacters) + "…" : text
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let fields = all.sorted { $0.key < $1.key }.map { name, value in
            // The name of the field in all other places.
            (name: name == "hb.request.id" ? "request" : name, value: Self.cut("\(value)"))
        }
        writer.note(level: event.level.rawValue, message: "\(event.message)", fields: fields)
    }
}
