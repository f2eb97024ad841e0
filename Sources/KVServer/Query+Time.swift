import Foundation
import KVModel

extension Query {
    /// RFC 3339, with or without fractions of a second, or a day alone, which is meant whole.
    func time(_ name: String, endOfDay: Bool = false) throws(KVError) -> Int64? {
        guard let text = try self.text(name, atMost: TextLimit.name) else { return nil }
        let day = /[0-9]{4}-[0-9]{2}-[0-9]{2}/
        let time = /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})/
        let isDay = text.wholeMatch(of: day) != nil
        guard isDay || text.wholeMatch(of: time) != nil else { throw Self.notATime(name, text) }
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
            Date.ISO8601FormatStyle().year().month().day(),
        ]
        for style in styles {
            if let date = try? Date(text, strategy: style) {
                return Int64((date.timeIntervalSince1970 * 1_000).rounded()) + (isDay && endOfDay ? 86_399_999 : 0)
            }
        }
        throw Self.notATime(name, text)
    }

    private static func notATime(_ name: String, _ text: String) -> KVError {
        KVError(
            .invalidRequest,
            "\"\(name)\" is a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31; \(quoting: text) is neither. "
                + "In an address a + is written %2B.")
    }
}
