import KVModel

extension JSONRecord {
    /// `{"key", "value" or "valueBase64", "metadata", "expiration", "tags"}`, without a line's end.
    static func append(_ entry: Entry, tags: [String]?, to bytes: inout [UInt8]) {
        bytes.append(#"{"key":"#)
        bytes.appendJSONString(entry.key.bytes)
        if entry.value.isValidUTF8 {
            bytes.append(#","value":"#)
            bytes.appendJSONString(entry.value)
        } else {
            bytes.append(#","valueBase64":"#)
            bytes.appendBase64(entry.value)
        }
        appendNote(entry, to: &bytes)
        if let tags {
            bytes.append(#","tags":"#)
            bytes.appendJSON(tags)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// As wrangler's `kv bulk put` takes it.
    static func appendWrangler(_ entry: Entry, to bytes: inout [UInt8]) {
        bytes.append(#"{"key":"#)
        bytes.appendJSONString(entry.key.bytes)
        bytes.append(#","value":"#)
        if entry.value.isValidUTF8 {
            bytes.appendJSONString(entry.value)
        } else {
            bytes.appendBase64(entry.value)
            bytes.append(#","base64":true"#)
        }
        appendNote(entry, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendNote(_ entry: Entry, to bytes: inout [UInt8]) {
        if let metadata = entry.metadata {
            bytes.append(#","metadata":"#)
            bytes.append(contentsOf: metadata.json)
        }
        if let expiration = entry.expiration {
            bytes.append(#","expiration":"#)
            bytes.appendDecimal(expiration.seconds)
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func appendDecimal(_ number: Int64) {
        append(contentsOf: String(number).utf8)
    }

    mutating func appendBase64(_ value: [UInt8]) {
        append(UInt8(ascii: "\""))
        append(contentsOf: value.withUnsafeBufferPointer { Base64.encode($0) })
        append(UInt8(ascii: "\""))
    }

    mutating func appendJSON(_ strings: [String]) {
        append(UInt8(ascii: "["))
        for (index, string) in strings.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            appendJSONString(string.utf8)
        }
        append(UInt8(ascii: "]"))
    }
}
