package import Hummingbird
package import KVModel

/// The part of an address behind `?`, decoded as browsers encode it (`+` is a space).
package struct Query {
    package static let limits = 1...1_000
    package static let defaultLimit = 100
    private static let longestWait: Int64 = 60

    private var values: [String: [UInt8]] = [:]

    /// Throws `invalid_request` for what is not percent-encoded, or is there twice.
    package init(_ request: Request) throws(KVError) {
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = PercentCoding.decode(parts.dropFirst().first ?? "", plusIsSpace: true)
            else { throw KVError(.invalidRequest, "The query \(quoting: pair) is not percent-encoded.") }
            let known = String(decoding: name, as: UTF8.self)
            guard values.updateValue(value, forKey: known) == nil else {
                throw KVError(.invalidRequest, "The query has \(quoting: known) twice.")
            }
        }
    }

    /// Whether the query of a request, which may be malformed, has a parameter of this name.
    package static func hasParameter(_ name: String, in request: Request) -> Bool {
        guard let query = request.uri.query else { return false }
        return query.split(separator: "&").contains { pair in
            PercentCoding.decode(pair.prefix { $0 != "=" }, plusIsSpace: true)?.elementsEqual(name.utf8) ?? false
        }
    }

    /// Throws `invalid_request` for more bytes than the limit.
    package func bytes(_ name: String, atMost limit: Int = TextLimit.text) throws(KVError) -> [UInt8]? {
        guard let value = values[name] else { return nil }
        guard value.count <= limit else {
            throw KVError(.invalidRequest, "\"\(name)\" has at most \(limit) bytes; this one has \(value.count).")
        }
        guard value.isValidUTF8 else { throw KVError(.invalidRequest, "\"\(name)\" is not UTF-8.") }
        return value
    }

    /// Nil when it is absent or empty.
    package func text(_ name: String, atMost limit: Int = TextLimit.text) throws(KVError) -> String? {
        guard let value = try bytes(name, atMost: limit), !value.isEmpty else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// In any notation: `10`, `10.0`, `1e1`.
    package func integer(_ name: String) throws(KVError) -> Int64? {
        guard let text = try text(name) else { return nil }
        guard let value = JSONScanner.integer(Array(text.utf8)) else {
            throw KVError(.invalidRequest, "\"\(name)\" is a whole number; \(quoting: text) is not.")
        }
        return value
    }

    /// Nil when it is absent or empty.
    package func boolean(_ name: String) throws(KVError) -> Bool? {
        guard let text = try text(name) else { return nil }
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        default: throw KVError(.invalidRequest, "\"\(name)\" is true or false; \(quoting: text) is not.")
        }
    }

    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(KVError) -> Choice? where Choice.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let choice = Choice.allCases.first(where: { $0.rawValue == text }) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw KVError(.invalidRequest, "\"\(name)\" is one of \(known); \(quoting: text) is not.")
        }
        return choice
    }

    /// Several of a closed list, separated by commas.
    package func choices<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(KVError) -> [Choice] where Choice.RawValue == String {
        try choices(name, among: Choice.allCases.map(\.rawValue)).compactMap { Choice(rawValue: $0) }
    }

    /// The same for words that are known only at run time.
    package func choices(_ name: String, among words: [String]) throws(KVError) -> [String] {
        guard let text = try text(name) else { return [] }
        let parts = text.split(separator: ",").map { String($0) }
        if let unknown = parts.first(where: { !words.contains($0) }) {
            let known = words.joined(separator: ", ")
            throw KVError(.invalidRequest, "\"\(name)\" is some of \(known); \(quoting: unknown) is not among them.")
        }
        return parts
    }

    package func limit() throws(KVError) -> Int {
        guard let limit = try integer("limit") else { return Self.defaultLimit }
        guard let exact = Int(exactly: limit), Self.limits.contains(exact) else {
            throw KVError(.invalidRequest, "\"limit\" is 1 to 1000; \(limit) is not.")
        }
        return exact
    }

    /// Seconds for which the answer may be held back; 0 when it is absent.
    package func wait() throws(KVError) -> Double {
        let seconds = try integer("wait") ?? 0
        guard (0...Self.longestWait).contains(seconds) else {
            throw KVError(.invalidRequest, "\"wait\" is 0 to \(Self.longestWait) seconds.")
        }
        return Double(seconds)
    }
}
