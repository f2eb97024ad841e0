import KVModel

/// What follows the path of a request.
package struct QueryParameters: Sendable {
    private var parts: [String] = []

    package init() {}

    /// What has no value is left out.
    package init(_ members: KeyValuePairs<String, String?>) {
        for (name, value) in members { add(name, value) }
    }

    package mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        parts.append("\(name)=\(PercentCoding.encode(value))")
    }

    /// With its question mark; empty where there is nothing.
    package var text: String { parts.isEmpty ? "" : "?" + parts.joined(separator: "&") }
}
