import KVModel

/// What a JSON object of a file holds: one record, or several within it.
enum ObjectShape {
    case record
    /// An array of records that begins after `start` bytes and is inside `wrappers` objects.
    case array(start: Int, wrappers: Int)
    /// An object of entries by their keys that begins after `start` bytes and is inside `wrappers` objects.
    case entries(start: Int, wrappers: Int)

    /// Members of Cloudflare's answers and of lists in Workers that say nothing of entries.
    private static let accompanying: Set<String> = [
        "success", "errors", "messages", "result_info", "list_complete", "cursor", "cacheStatus",
    ]

    /// Returns nil for text that is not JSON. An object that could be read in two ways is a record, which it is not either.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let shape = try? Self.shape(of: text, from: 0, wrappers: 0) else { return nil }
        self = shape
    }

    private static func shape(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, wrappers: Int
    ) throws -> ObjectShape {
        var scanner = JSONScanner(text, from: start)
        var within: ObjectShape?
        var holdsEntriesOnly = true
        var isWrapper = true
        var members = 0
        try scanner.object { name, scanner in
            members += 1
            let first = scanner.peek()
            let range = try scanner.skipValue()
            let isEntry = first == UInt8(ascii: "{") && hasValue(text, range)
            holdsEntriesOnly = holdsEntriesOnly && isEntry
            if within == nil, let found = try records(under: name, first, text, range, wrappers: wrappers + 1) {
                within = found
            } else if !accompanying.contains(name) {
                isWrapper = false
            }
        }
        if start == 0 { try scanner.end() }
        if let within, isWrapper { return holdsEntriesOnly ? .record : within }
        return members > 0 && holdsEntriesOnly ? .entries(start: start + 1, wrappers: wrappers) : .record
    }

    private static func records(
        under name: String, _ first: UInt8?, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, wrappers: Int
    ) throws -> ObjectShape? {
        switch (name, first) {
        case ("result", UInt8(ascii: "[")), ("keys", UInt8(ascii: "[")):
            return .array(start: range.lowerBound + 1, wrappers: wrappers)
        case ("values", UInt8(ascii: "{")): return .entries(start: range.lowerBound + 1, wrappers: wrappers)
        case ("result", UInt8(ascii: "{")) where wrappers == 1:
            let shape = try shape(of: text, from: range.lowerBound, wrappers: wrappers)
            if case .record = shape { return nil }
            return shape
        default: return nil
        }
    }

    /// Whether an object has a member `value`, as an entry does, and no key.
    private static func hasValue(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var scanner = JSONScanner(text, from: range.lowerBound)
        var hasValue = false
        try? scanner.object { name, scanner in
            hasValue = hasValue || name == "value"
            try scanner.skipValue()
        }
        return hasValue
    }
}
