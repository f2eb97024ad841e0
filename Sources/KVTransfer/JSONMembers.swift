import KVModel

/// Reads the members of one record's object.
struct JSONMembers {
    private(set) var fields = RecordFields()
    /// Members that entries do not have; nil if there are none.
    private(set) var omissions: Omissions?
    private(set) var hasNullValue = false
    private var seen: UInt16 = 0

    mutating func read(_ scanner: inout JSONScanner) throws {
        try scanner.expect(UInt8(ascii: "{"))
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let name = try scanner.stringContent()
                try scanner.expect(UInt8(ascii: ":"))
                if let member = Self.member(named: name, in: scanner) {
                    try note(member, named: name, in: scanner)
                    try readValue(of: member, &scanner)
                } else {
                    omissions.orNone.addMember(JSONRecord.shortened(name, in: scanner))
                    try scanner.skipValue()
                }
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        }
        guard !has(.value) || !has(.valueBase64) else {
            throw KVError(.invalidRecord, "The record has both a value and a valueBase64.")
        }
        fields.isBase64 = fields.isBase64 || has(.valueBase64)
    }

    private func has(_ member: Member) -> Bool { seen & member.bit != 0 }

    private mutating func note(
        _ member: Member, named name: JSONScanner.StringContent, in scanner: JSONScanner
    ) throws(KVError) {
        guard !has(member) else {
            throw KVError(
                .invalidRecord,
                "The member \(quoting: JSONRecord.shortened(name, in: scanner)) repeats one that came before it.")
        }
        seen |= member.bit
    }

    private static func member(named name: JSONScanner.StringContent, in scanner: JSONScanner) -> Member? {
        guard name.range.count <= TextLimit.memberName else { return nil }
        guard name.hasEscapes else { return Member(name: UnsafeBufferPointer(rebasing: scanner.bytes[name.range])) }
        return scanner.decoded(name).withUnsafeBufferPointer { Member(name: $0) }
    }

    private mutating func readValue(of member: Member, _ scanner: inout JSONScanner) throws {
        switch member {
        case .key: fields.key = try Self.key(&scanner)
        case .value, .valueBase64: try readValue(&scanner)
        case .base64: fields.isBase64 = try Self.flag(&scanner)
        case .metadata: fields.metadata = try scanner.metadata()
        case .expiration: fields.expiration = try Self.time(&scanner) { try $0.expiration() }
        case .ttl: fields.ttl = try Self.time(&scanner) { try $0.ttl() }
        case .tags: fields.annotation.tags = try scanner.recordTags()
        case .color: fields.annotation.color = try scanner.color()
        case .customMetadata: fields.annotation.customMetadata = .some(try scanner.metadata())
        case .size, .etag: try scanner.skipValue()
        }
    }

    static func key(_ scanner: inout JSONScanner) throws -> Key {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw KVError(.invalidKey, "The key is not a JSON string.") }
        return try scanner.key()
    }

    mutating func readValue(_ scanner: inout JSONScanner) throws {
        if scanner.takeNull() {
            hasNullValue = true
            return
        }
        guard scanner.peek() == UInt8(ascii: "\"") else {
            throw KVError(.invalidValue, "The value is not a JSON string.")
        }
        let content = try scanner.stringContent()
        guard content.decodedCount <= RecordFields.maximumTextBytes else { throw KVError.tooLarge() }
        fields.value = scanner.decoded(content)
    }

    private static func time(
        _ scanner: inout JSONScanner, _ read: (inout JSONScanner) throws -> Int64
    ) throws -> Int64? {
        if scanner.takeNull() { return nil }
        do {
            return try read(&scanner)
        } catch is JSONScanner.Failure {
            throw KVError(.invalidExpiration, "The expiration or ttl is neither a whole number of seconds nor a text.")
        }
    }

    private static func flag(_ scanner: inout JSONScanner) throws -> Bool {
        if scanner.takeNull() { return false }
        do {
            return try scanner.boolean()
        } catch {
            throw KVError(.invalidRecord, "The member \"base64\" is not true or false.")
        }
    }
}

/// What a record's object may have. What means the same has one case, and may stand there once.
private enum Member: UInt16 {
    case key, value, valueBase64, base64, metadata, expiration, ttl, tags, color, customMetadata
    /// Derived from the others, in our API's answers.
    case size, etag

    var bit: UInt16 { 1 << rawValue }

    init?(name: UnsafeBufferPointer<UInt8>) {
        switch name.count {
        case 3 where name.equals("key"): self = .key
        case 3 where name.equals("ttl"): self = .ttl
        case 4 where name.equals("name"): self = .key
        case 4 where name.equals("tags"): self = .tags
        case 4 where name.equals("size"): self = .size
        case 4 where name.equals("etag"): self = .etag
        case 5 where name.equals("value"): self = .value
        case 5 where name.equals("color"): self = .color
        case 6 where name.equals("base64"): self = .base64
        case 8 where name.equals("metadata"): self = .metadata
        case 10 where name.equals("expiration"): self = .expiration
        case 11 where name.equals("valueBase64"): self = .valueBase64
        case 13 where name.equals("expirationTtl"): self = .ttl
        case 14 where name.equals("expiration_ttl"): self = .ttl
        case 14 where name.equals("customMetadata"): self = .customMetadata
        case 15 where name.equals("custom_metadata"): self = .customMetadata
        default: return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
