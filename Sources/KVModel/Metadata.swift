/// The engine's own note on an entry: at most 1,024 bytes of JSON, kept as they were given.
///
/// Number formats, escapes, the order and repetition of members survive. Only white space
/// around them goes, and line breaks between tokens become spaces, so that metadata is always one line: of an NDJSON file
/// and of an HTTP header.
package struct Metadata: Hashable, Sendable {
    package static let maximumBytes = 1_024

    package let json: [UInt8]

    /// Nil for the JSON `null`, which means no metadata. Throws `invalid_metadata` or `metadata_too_large`.
    package init?(json: [UInt8]) throws(KVError) {
        let json = Array(json.trimmingJSONWhitespace)
        guard json.count <= Self.maximumBytes else { throw Self.tooLarge(json.count) }
        do {
            try JSONScanner.validate(json)
        } catch {
            throw KVError(.invalidMetadata, "Metadata is JSON; this is not: \(error).")
        }
        if json.elementsEqual("null".utf8) { return nil }
        self.json = json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    }

    package static func tooLarge(_ bytes: Int) -> KVError {
        KVError(.metadataTooLarge, "Metadata has at most \(maximumBytes) bytes of JSON; this has \(bytes).")
    }

    /// Metadata that an engine has stored, and so has checked before.
    package init(stored json: [UInt8]) {
        self.json = json
    }
}

extension [UInt8] {
    package var trimmingJSONWhitespace: ArraySlice<UInt8> {
        guard let first = firstIndex(where: { !$0.isJSONWhitespace }),
            let last = lastIndex(where: { !$0.isJSONWhitespace })
        else { return [] }
        return self[first...last]
    }
}
