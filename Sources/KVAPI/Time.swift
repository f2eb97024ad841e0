import Foundation
package import KVModel

extension API {
    /// A time in UTC as RFC 3339 with milliseconds, such as `2026-01-31T12:00:00.000Z`.
    package struct Time: Codable, Hashable, Sendable {
        package let text: String

        package init(_ time: Timestamp) {
            text = Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
                .ISO8601Format(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }

        package init(from decoder: any Decoder) throws {
            text = try decoder.singleValueContainer().decode(String.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }

        /// Milliseconds since 1970; nil where a server has sent another text.
        package var milliseconds: Int64? { TimeText.milliseconds(text) }
    }
}
