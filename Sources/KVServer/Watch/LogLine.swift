package import KVModel

/// One event of the log, as it was written.
package struct LogLine: Hashable, Sendable {
    package var at: Timestamp
    package var level: String
    package var message: String
    package var fields: [(name: String, value: String)]

    package init(at: Timestamp, level: String, message: String, fields: [(name: String, value: String)]) {
        self.at = at
        self.level = level
        self.message = message
        self.fields = fields
    }

    package static func == (one: LogLine, other: LogLine) -> Bool {
        one.at == other.at && one.level == other.level && one.message == other.message
            && one.fields.elementsEqual(other.fields) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(at)
        hasher.combine(message)
    }
}
