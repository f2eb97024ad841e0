import KVModel

/// Reads a record from a JSON object: the members that our exports, our API's answers and wrangler's bulk files have.
enum JSONRecord {
    static func parse(_ text: UnsafeBufferPointer<UInt8>, line: Int, now: Int64) throws(KVError) -> Record {
        var scanner = JSONScanner(text)
        do {
            var members = JSONMembers()
            try members.read(&scanner)
            return try members.fields.record(line: line, now: now)
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

    private static func recordError(_ error: any Error) -> KVError {
        error as? KVError ?? KVError(.invalidRecord, "A record is a JSON object; this is not one: \(error).")
    }
}
