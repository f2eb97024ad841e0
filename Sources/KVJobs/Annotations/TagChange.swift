package import KVModel

/// Words that people put on keys. They live in the ledger, beside the store.
package enum Tags {
    package static let maximumBytes = 64
    package static let maximumCount = 50

    /// Each once, in byte order. Throws `invalid_tags`.
    package static func checked(_ tags: [String]) throws(KVError) -> [String] {
        for tag in tags {
            guard (1...maximumBytes).contains(tag.utf8.count),
                !tag.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else {
                throw KVError(
                    .invalidTags,
                    "A tag has 1 to \(maximumBytes) bytes and no control characters; \"\(tag)\" has not.")
            }
        }
        let unique = sorted(tags)
        guard unique.count <= maximumCount else {
            throw KVError(.invalidTags, "A key has at most \(maximumCount) tags; these are \(unique.count).")
        }
        return unique
    }

    static func sorted(_ tags: [String]) -> [String] {
        Set(tags.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a job does to the tags of each key, or to its colour.
package enum TagChange: Hashable, Codable, Sendable {
    case replace([String])
    case edit(add: [String], remove: [String])
    case color(Annotation.Color?)

    func applied(to tags: [String]) -> AnnotationChange {
        switch self {
        case .replace(let new): return AnnotationChange(tags: Tags.sorted(new))
        case .edit(let add, let remove):
            let gone = Set(remove.map { Array($0.utf8) })
            return AnnotationChange(tags: Tags.sorted(tags.filter { !gone.contains(Array($0.utf8)) } + add))
        case .color(let color): return AnnotationChange(color: .some(color))
        }
    }
}
