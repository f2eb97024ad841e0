/// A key with everything that belongs to it.
package struct Entry: Hashable, Sendable {
    package static let maximumValueBytes = 25 * 1_024 * 1_024

    package var key: Key
    package var value: [UInt8]
    package var metadata: Metadata?
    package var expiration: Expiration?

    package init(key: Key, value: [UInt8], metadata: Metadata? = nil, expiration: Expiration? = nil) {
        self.key = key
        self.value = value
        self.metadata = metadata
        self.expiration = expiration
    }
}

/// What a listing knows of an entry.
package struct KeyInfo: Hashable, Sendable {
    package var key: Key
    /// The value's bytes; nil where the engine's listing does not say.
    package var size: Int?
    package var metadata: Metadata?
    package var expiration: Expiration?
    /// Changes with every write of the key; nil where the engine has no such mark.
    package var etag: ETag?

    package init(
        key: Key, size: Int? = nil, metadata: Metadata? = nil, expiration: Expiration? = nil, etag: ETag? = nil
    ) {
        self.key = key
        self.size = size
        self.metadata = metadata
        self.expiration = expiration
        self.etag = etag
    }
}

/// A mark of one state of an entry, to be compared and nothing else. Numbers rather than text, since a bulk write makes
/// millions of them.
package struct ETag: Hashable, Sendable {
    private let version: Int
    private let detail: Int64?

    package init(version: Int, detail: Int64? = nil) {
        self.version = version
        self.detail = detail
    }

    /// What `text` gave. Any other text is a mark that no entry has.
    package init(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let mark = ETag(version: parts.first.flatMap { Int($0) } ?? -1, detail: parts.last.flatMap { Int64($0) })
        let plain = ETag(version: mark.version)
        self = mark.text == text ? mark : plain.text == text ? plain : ETag(version: -1)
    }

    /// Without the quotes that HTTP puts around it.
    package var text: String { detail.map { "\(version)-\($0)" } ?? "\(version)" }
}

/// An entry as a batch read answers it, with the mark of its state.
package struct VersionedEntry: Sendable {
    package var entry: Entry
    package var etag: ETag?

    package init(entry: Entry, etag: ETag?) {
        self.entry = entry
        self.etag = etag
    }
}
