/// What KV Manager itself keeps about a key, beside the store, which knows nothing of it.
package struct Annotation: Hashable, Sendable {
    /// For people to find keys by with their eyes. No code of the program means anything by one.
    package enum Color: String, CaseIterable, Codable, Sendable {
        case red, orange, yellow, green, blue, purple, gray

        /// Throws `invalid_color`.
        package init(named name: String) throws(KVError) {
            guard let color = Self(rawValue: name) else {
                let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
                throw KVError(.invalidColor, "Invalid color \(quoting: name): use one of \(known).")
            }
            self = color
        }
    }

    /// Each once, in byte order.
    package var tags: [String]
    package var color: Color?
    /// As the engine's own metadata are, for what does not belong into the store.
    package var customMetadata: Metadata?

    package init(tags: [String] = [], color: Color? = nil, customMetadata: Metadata? = nil) {
        self.tags = tags
        self.color = color
        self.customMetadata = customMetadata
    }

    package var isEmpty: Bool { self == Annotation() }
}

/// What somebody says of a key's annotation. A part that is nil is not mentioned, and stays as it is.
package struct AnnotationChange: Hashable, Sendable {
    /// Behind a reference, since hundreds of thousands of entries go about with one, and most say nothing.
    private indirect enum Said: Hashable, Sendable {
        case nothing
        case parts(tags: [String]?, color: Annotation.Color??, customMetadata: Metadata??)
    }

    private var said: Said

    package init(tags: [String]? = nil, color: Annotation.Color?? = nil, customMetadata: Metadata?? = nil) {
        let isEmpty = tags == nil && color == nil && customMetadata == nil
        said = isEmpty ? .nothing : .parts(tags: tags, color: color, customMetadata: customMetadata)
    }

    /// Takes all of it away.
    package static let removal = AnnotationChange(to: Annotation())

    package var tags: [String]? {
        get { if case .parts(let tags, _, _) = said { tags } else { nil } }
        set { self = AnnotationChange(tags: newValue, color: color, customMetadata: customMetadata) }
    }

    /// `.some(nil)` takes it away.
    package var color: Annotation.Color?? {
        get { if case .parts(_, let color, _) = said { color } else { nil } }
        set { self = AnnotationChange(tags: tags, color: newValue, customMetadata: customMetadata) }
    }

    /// `.some(nil)` takes them away.
    package var customMetadata: Metadata?? {
        get { if case .parts(_, _, let metadata) = said { metadata } else { nil } }
        set { self = AnnotationChange(tags: tags, color: color, customMetadata: newValue) }
    }

    /// Mentions every part.
    package init(to annotation: Annotation) {
        self.init(tags: annotation.tags, color: annotation.color, customMetadata: annotation.customMetadata)
    }

    /// Mentions only what there is.
    package init(adding annotation: Annotation) {
        self.init(
            tags: annotation.tags.isEmpty ? nil : annotation.tags, color: annotation.color.map { .some($0) },
            customMetadata: annotation.customMetadata.map { .some($0) })
    }

    package var isEmpty: Bool { said == .nothing }

    /// Whether nothing stays as it is.
    package var isWhole: Bool { tags != nil && color != nil && customMetadata != nil }

    /// Whether it may change anything. Where no key has an annotation, there is nothing to take away.
    package func matters(where keysAreAnnotated: Bool) -> Bool {
        if keysAreAnnotated { return !isEmpty }
        return tags?.isEmpty == false || (color ?? nil) != nil || (customMetadata ?? nil) != nil
    }

    /// Both, this one first.
    package func followed(by later: AnnotationChange) -> AnnotationChange {
        AnnotationChange(
            tags: later.tags ?? tags, color: later.color ?? color,
            customMetadata: later.customMetadata ?? customMetadata)
    }

    package func applied(to annotation: Annotation) -> Annotation {
        Annotation(
            tags: tags ?? annotation.tags, color: color ?? annotation.color,
            customMetadata: customMetadata ?? annotation.customMetadata)
    }
}

extension JSONScanner {
    /// The name of a colour; nil inside for `null`.
    package mutating func color() throws(KVError) -> Annotation.Color?? {
        if takeNull() { return .some(nil) }
        let name: String
        do {
            name = try text(atMost: TextLimit.name)
        } catch {
            throw KVError(.invalidColor, "The color is not a JSON string of a few letters.")
        }
        return try Annotation.Color(named: name)
    }
}
