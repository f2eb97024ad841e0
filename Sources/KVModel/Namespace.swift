/// An engine's own name for a namespace: 32 lowercase hex digits on the embedded store and on Cloudflare.
package struct NamespaceID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    /// Returns whether a text has the form of an ID: 32 hexadecimal digits in either case.
    package static func isForm(of text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
            }
    }
}

/// A set of entries under one title.
package struct Namespace: Hashable, Sendable {
    package static let maximumTitleBytes = 512

    package var id: NamespaceID
    package var title: String
    /// How many entries there are; nil where the engine does not know without counting.
    package var keyCount: Int?
    /// The bytes of all values together; nil as above.
    package var valueBytes: Int?
    package var createdAt: Timestamp?
    /// When an entry last changed.
    package var changedAt: Timestamp?
    /// A protected namespace refuses every write.
    package var isProtected: Bool

    package init(
        id: NamespaceID, title: String, keyCount: Int? = nil, valueBytes: Int? = nil,
        createdAt: Timestamp? = nil, changedAt: Timestamp? = nil, isProtected: Bool = false
    ) {
        self.id = id
        self.title = title
        self.keyCount = keyCount
        self.valueBytes = valueBytes
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.isProtected = isProtected
    }

    /// The title as given, if it is one. Throws `invalid_title`.
    package static func checkedTitle(_ title: String) throws(KVError) -> String {
        guard title.contains(where: { !$0.isWhitespace }) else {
            throw KVError(.invalidTitle, "A namespace needs a title that is more than blanks.")
        }
        guard !title.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw KVError(.invalidTitle, "A title has no control characters, such as line breaks; this one has.")
        }
        guard title.utf8.count <= maximumTitleBytes else {
            throw KVError(
                .invalidTitle, "A title has at most \(maximumTitleBytes) bytes; this one has \(title.utf8.count).")
        }
        // Commands name a namespace by its ID or its title: a title like the ID of another one would redirect them.
        guard !NamespaceID.isForm(of: title) else {
            throw KVError(
                .invalidTitle,
                "Invalid title \(quoting: title): 32 hexadecimal digits are the form of an ID. Use another title.")
        }
        return title
    }
}

/// What to change of a namespace; nil leaves as it is.
package struct NamespaceChange: Hashable, Sendable {
    package var title: String?
    package var isProtected: Bool?

    package init(title: String? = nil, isProtected: Bool? = nil) {
        self.title = title
        self.isProtected = isProtected
    }
}
