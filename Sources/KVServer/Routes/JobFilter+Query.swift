import Foundation
import KVJobs
import KVModel

extension JobFilter {
    private enum Direction: String, CaseIterable { case asc, desc }

    /// From `state`, `kind` (several by commas), `store`, `namespace`, `since`, `until`, `id`, `minFailures`, `sort`, `order`.
    init(_ query: Query) throws(KVError) {
        self.init()
        states = try query.choices("state", JobState.self)
        kinds = try query.choices("kind", JobKind.self)
        store = try query.text("store")
        namespace = try query.text("namespace")
        since = try Self.time(query, "since")
        until = try Self.time(query, "until")
        id = try query.text("id")
        minimumFailures = try query.integer("minFailures").map { Int(clamping: $0) }
        order = try query.choice("sort", Order.self) ?? .created
        isDescending = try query.choice("order", Direction.self) != .asc
        cursor = try query.cursor()
        limit = try query.limit()
    }

    /// RFC 3339, with or without fractions of a second, or a day alone.
    private static func time(_ query: Query, _ name: String) throws(KVError) -> Int64? {
        guard let text = try query.text(name) else { return nil }
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
            Date.ISO8601FormatStyle().year().month().day(),
        ]
        for style in styles {
            if let date = try? Date(text, strategy: style) {
                return Int64((date.timeIntervalSince1970 * 1_000).rounded())
            }
        }
        throw KVError(.invalidRequest, "\"\(name)\" is a time such as 2026-01-31T12:00:00Z; \"\(text)\" is not.")
    }
}
