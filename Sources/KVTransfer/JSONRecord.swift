import KVModel

/// Reads a record from a JSON object: the members that our exports, our API's answers, wrangler's bulk files, and the
/// exports of other key managers have.
enum JSONRecord {
    /// A record, and the members in it that entries do not have.
    typealias Parsed = (record: Record, omissions: Omissions?)

    static func parse(_ text: UnsafeBufferPointer<UInt8>, line: Int, now: Timestamp) throws(KVError) -> Parsed {
        var scanner = JSONScanner(text)
        do {
            var members = JSONMembers()
            try members.read(&scanner)
            try scanner.end()
            guard !members.hasNullValue else { throw KVError(.invalidValue, "The value is null.") }
            return (try members.fields.record(line: line, now: now), members.omissions)
        } catch {
            throw recordError(error)
        }
    }

    /// Reads an entry from a member of an object whose names are keys: its value, or an object with the value and its
    /// metadata. Returns nil if the value is null, which stands for a key that was not there.
    static func parse(
        member text: UnsafeBufferPointer<UInt8>, line: Int, now: Timestamp
    ) throws(KVError) -> Parsed? {
        var scanner = JSONScanner(text)
        do {
            let key = try scanner.key()
            try scanner.expect(UInt8(ascii: ":"))
            if scanner.takeNull() { return nil }
            var members = JSONMembers()
            if scanner.peek() == UInt8(ascii: "{") {
                try members.read(&scanner)
                if members.hasNullValue { return nil }
            } else {
                try members.readValue(&scanner)
            }
            try scanner.end()
            var fields = members.fields
            guard fields.key == nil else { throw KVError(.invalidRecord, "The entry has a key within and outside.") }
            fields.key = key
            return (try fields.record(line: line, now: now), members.omissions)
        } catch {
            throw recordError(error)
        }
    }

    /// The key that a JSON text names: a string, or an object with a member `key` or `name`.
    static func wholeKey(in text: UnsafeBufferPointer<UInt8>) throws(KVError) -> Key {
        var scanner = JSONScanner(text)
        do {
            if scanner.peek() == UInt8(ascii: "\"") {
                let key = try scanner.key()
                try scanner.end()
                return key
            }
            var found: Key?
            try scanner.object { name, scanner in
                if name == "key" || name == "name" {
                    guard found == nil else { throw KVError(.invalidRecord, "The record has two keys.") }
                    found = try JSONMembers.key(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
            try scanner.end()
            guard let found else { throw KVError(.invalidRecord, "The record has no key.") }
            return found
        } catch {
            throw recordError(error)
        }
    }

    /// The key that is the name of a member.
    static func key(ofMember text: UnsafeBufferPointer<UInt8>) throws(KVError) -> Key {
        var scanner = JSONScanner(text)
        do {
            return try scanner.key()
        } catch {
            throw recordError(error)
        }
    }

    /// The key that an object names, as far as it can be made out: the object may be broken, or its end be missing.
    static func key(in text: UnsafeBufferPointer<UInt8>) -> String? {
        var found: String?
        var scanner = JSONScanner(text)
        try? scanner.object { name, scanner in
            guard name == "key" || name == "name", found == nil, scanner.peek() == UInt8(ascii: "\"") else {
                try scanner.skipValue()
                return
            }
            found = shortened(try scanner.stringContent(), in: scanner)
            throw CancellationError()
        }
        return found
    }

    /// The name of a member: its key, as far as it can be made out.
    static func name(ofMember text: UnsafeBufferPointer<UInt8>) -> String? {
        var scanner = JSONScanner(text)
        guard let content = try? scanner.stringContent() else { return nil }
        return shortened(content, in: scanner)
    }

    static func shortened(_ name: JSONScanner.StringContent, in scanner: JSONScanner) -> String {
        shortened(scanner.decoded(name, atMost: Key.maximumBytes + 1))
    }

    /// No more of a name than a key may have.
    static func shortened(_ name: [UInt8]) -> String {
        guard name.count > Key.maximumBytes else { return String(decoding: name, as: UTF8.self) }
        var end = Key.maximumBytes
        while end > 0, name[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: name[..<end], as: UTF8.self) + "…"
    }

    /// Why a text is no JSON object.
    static func syntaxError(in text: UnsafeBufferPointer<UInt8>) -> KVError {
        var start = JSONScanner(text)
        var scanner = start
        do {
            try start.expect(UInt8(ascii: "{"))
            try scanner.skipValue()
            try scanner.end()
        } catch {
            return recordError(error)
        }
        return KVError(.invalidRecord, "A record is a JSON object of an entry; this is not one.")
    }

    private static func recordError(_ error: any Error) -> KVError {
        error as? KVError ?? KVError(.invalidRecord, "A record is a JSON object; this is not one: \(error).")
    }
}
