/// What is asked of the server to start a job, or to plan one.
struct JobBody: Encodable, Sendable {
    struct Selection: Encodable, Sendable {
        var keys: [String]?
        var list: String?
        var prefix: String?
        var all: Bool?
    }

    /// A text, or the `null` that takes it away.
    struct Nullable: Encodable, Sendable {
        var text: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    struct Target: Encodable, Sendable {
        var store: String
        var namespace: String
    }

    var kind: String
    var store: String
    var namespace: String
    var selection: Selection
    var target: Target?
    var collision: String?
    var oldPrefix: String?
    var newPrefix: String?
    var expiration: Int?
    var ttl: Int?
    var never: Bool?
    var add: [String]?
    var remove: [String]?
    var replace: [String]?
    var color: Nullable?
    var format: String?
    var gzip: Bool?
    var neutralizeFormulas: Bool?
    var undoable: Bool?
    var plan: Bool?
}
