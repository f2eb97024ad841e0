import KVModel

/// What a record's text says, each part by itself; whether it is a record shows when all have been read.
struct RecordFields {
    var key: Key?
    /// As the text has it: in base64 if `isBase64`.
    var value: [UInt8]?
    var isBase64 = false
    var metadata: Metadata?
    var expiration: Int64?
    var ttl: Int64?
    var annotation = AnnotationChange()

    static let noValue = KVError(
        .invalidRecord, "The record has no value. A file that names keys alone is a key list, not an import.")

    /// Base64 that stands for more than a value may have is longer than this.
    static let maximumTextBytes = Base64.longestText(for: Entry.maximumValueBytes)

    func record(line: Int, now: Timestamp) throws(KVError) -> Record {
        guard let key else { throw KVError(.invalidRecord, "The record has no key.") }
        guard let value else {
            throw Self.noValue
        }
        return Record(
            line: line, key: key, value: isBase64 ? try Self.decoded(value) : try Self.checked(value),
            metadata: metadata, expiration: try time(now: now), annotation: annotation)
    }

    private static func checked(_ value: [UInt8]) throws(KVError) -> [UInt8] {
        guard value.count <= Entry.maximumValueBytes else { throw .tooLarge(value.count) }
        return value
    }

    private static func decoded(_ text: [UInt8]) throws(KVError) -> [UInt8] {
        guard let value = text.withUnsafeBufferPointer({ Base64.decode($0) }) else {
            throw KVError(.invalidValue, "The value is not base64 (standard alphabet, padded).")
        }
        return try checked(value)
    }

    /// Of both, the ttl counts, as on Cloudflare. A time that has passed is for the reader of the record to judge.
    private func time(now: Timestamp) throws(KVError) -> Expiration? {
        if let ttl { return try Expiration(ttl: ttl, now: now) }
        guard let expiration else { return nil }
        return try Expiration(possiblyPast: expiration)
    }
}

extension JSONScanner {
    /// A JSON array of tags; nil for `null`. Throws `invalid_tags` or `invalid_record`.
    mutating func recordTags() throws(KVError) -> [String]? {
        if takeNull() { return nil }
        do {
            return try tags()
        } catch {
            throw error as? KVError ?? KVError(.invalidRecord, "The tags are not a JSON array of strings.")
        }
    }
}
