import KVModel

extension JSONRecord {
    /// `{"key", "value" or "valueBase64", "metadata", "expiration", "tags", "color", "customMetadata"}`, without a line's end.
    static func append(_ entry: Entry, _ annotation: AnnotationChange, to bytes: inout [UInt8]) {
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
        append(annotation, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// As wrangler's `kv bulk put` takes it. In base64 goes what is not text, and text that is shorter so, since the whole is
    /// limited.
    static func appendWrangler(_ entry: Entry, to bytes: inout [UInt8]) {
        bytes.append(#"{"key":"#)
        bytes.appendJSONString(entry.key.bytes)
        bytes.append(#","value":"#)
        if entry.value.isValidUTF8, !entry.value.isLongAsJSON {
            bytes.appendJSONString(entry.value)
        } else {
            bytes.appendBase64(entry.value)
            bytes.append(#","base64":true"#)
        }
        appendNote(entry, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ annotation: AnnotationChange, to bytes: inout [UInt8]) {
        if let tags = annotation.tags {
            bytes.append(#","tags":"#)
            bytes.appendJSON(tags)
        }
        if let color = annotation.color {
            bytes.append(#","color":"#)
            bytes += color.map { Array("\"\($0.rawValue)\"".utf8) } ?? Array("null".utf8)
        }
        if let metadata = annotation.customMetadata {
            bytes.append(#","customMetadata":"#)
            bytes += metadata?.json ?? Array("null".utf8)
        }
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
    /// Whether escapes make a JSON string of it longer than base64 would be: two bytes each, or six for most control
    /// characters.
    fileprivate var isLongAsJSON: Bool {
        var added = 0
        for byte in self {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: added += 1
            case ..<0x20: added += 5
            default: break
            }
        }
        return added > count / 3 + 4
    }

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
