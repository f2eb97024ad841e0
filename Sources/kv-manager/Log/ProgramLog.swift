import Logging

/// Writes the program's log into its book.
///
/// Unlike swift-log's own handler it puts metadata into words only when a line is written: every request sets some.
struct ProgramLog: LogHandler {
    let book: LogBook
    /// Of the value of a field.
    private static let maximumCharacters = 1_000

    var metadata: Logger.Metadata = [:]
    /// Of this logger alone; nil: as the book has it.
    private var ownLevel: Logger.Level?

    var logLevel: Logger.Level {
        get { ownLevel ?? book.level }
        set { ownLevel = newValue }
    }

    init(_ book: LogBook) {
        self.book = book
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
            // The name that it has everywhere else.
            (name: name == "hb.request.id" ? "request" : name, value: Self.cut("\(value)"))
        }
        book.note(level: event.level.rawValue, message: "\(event.message)", fields: fields)
    }
}
