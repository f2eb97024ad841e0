/// Words that users put on keys. They are stored in the ledger, beside the store.
package enum Tags {
    package static let maximumBytes = 64
    package static let maximumCount = 50

    /// Each once, in byte order. Throws `invalid_tags`.
    package static func checked(_ tags: [String]) throws(KVError) -> [String] {
        for tag in tags {
            guard (1...maximumBytes).contains(tag.utf8.count),
                !tag.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else { throw invalid(tag) }
        }
        let unique = sorted(tags)
        guard unique.count <= maximumCount else { throw tooMany }
        return unique
    }

    package static func sorted(_ tags: [String]) -> [String] {
        Set(tags.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    fileprivate static func invalid(_ tag: String) -> KVError {
        KVError(
            .invalidTags, "Invalid tag \(quoting: tag): use 1 to \(maximumBytes) bytes without control characters.")
    }

    fileprivate static let tooMany = KVError(.invalidTags, "Too many tags: a key has at most \(maximumCount).")
}

extension JSONScanner {
    /// An array of tags as it was given. Throws `invalid_tags` at the first that is too long or one too many, and a
    /// failure where it is not an array of strings.
    package mutating func tags() throws -> [String] {
        var tags: [String] = []
        try array { scanner in
            guard let content = try scanner.stringContent(atMost: Tags.maximumBytes) else {
                throw KVError(.invalidTags, "A tag has at most \(Tags.maximumBytes) bytes; one has more.")
            }
            guard tags.count < Tags.maximumCount else { throw Tags.tooMany }
            tags.append(String(decoding: scanner.decoded(content), as: UTF8.self))
        }
        return tags
    }

    /// A key. Throws `invalid_key`, and a failure where it is not a string.
    package mutating func key() throws -> Key {
        guard let content = try stringContent(atMost: Key.maximumBytes) else { throw Key.tooLong }
        return try Key(utf8: decoded(content))
    }

    /// Metadata; nil for `null`. Throws `invalid_metadata` or `metadata_too_large`, and a failure where it is not JSON.
    package mutating func metadata() throws -> Metadata? {
        let range = try skipValue()
        guard range.count <= Metadata.maximumBytes else { throw Metadata.tooLarge(range.count) }
        return try Metadata(json: Array(bytes[range]))
    }
}
