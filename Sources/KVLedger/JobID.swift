import Foundation

/// The ID of a job: a UUID in lowercase.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func random() -> JobID { JobID(UUID().uuidString.lowercased()) }

    package var description: String { text }
}
