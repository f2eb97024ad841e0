import KVModel
import NIOCore

/// What a bulk read tells of one key.
struct BulkValue {
    /// As text; nil where text cannot carry the value: then it is to be read raw.
    var value: [UInt8]?
    var metadata: Metadata?
    var expiration: Expiration?
}

/// Reading many values in one request. The answer is text: what is not UTF-8 comes damaged.
enum BulkGetRequest {
    static let keysAtOnce = 100

    /// - Parameter withMetadata: also asks for metadata and expiration.
    static func body(_ keys: [Key], withMetadata: Bool) -> ByteBuffer {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(keys.reduce(64) { $0 + $1.bytes.count + 4 })
        bytes += "{\"keys\":[".utf8
        for (index, key) in keys.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSONString(key.bytes)
        }
        bytes += "],\"type\":\"text\",\"withMetadata\":\(withMetadata)}".utf8
        return ByteBuffer(bytes: bytes)
    }

    /// Keys that there are none of are not among the values.
    static func values(in answer: Answer, withMetadata: Bool) throws -> [Key: BulkValue] {
        var values: [Key: BulkValue] = [:]
        try answer.read { scanner in
            try scanner.object { name, scanner in
                guard name == "values", scanner.peek() == UInt8(ascii: "{") else {
                    try scanner.skipValue()
                    return
                }
                try scanner.object { name, scanner in
                    if scanner.takeNull() { return }
                    let value = withMetadata ? try whole(&scanner) : BulkValue(value: try text(&scanner))
                    values[Key(stored: Array(name.utf8))] = value
                }
            }
        }
        return values
    }

    private static func whole(_ scanner: inout JSONScanner) throws -> BulkValue {
        var found = BulkValue()
        try scanner.object { name, scanner in
            switch name {
            case "value": found.value = try text(&scanner)
            case "metadata": found.metadata = try Metadata.asGiven(&scanner)
            case "expiration" where !scanner.takeNull(): found.expiration = Expiration(stored: try scanner.integer())
            case "expiration": break
            default: try scanner.skipValue()
            }
        }
        return found
    }

    /// Nil for text that may not be what is stored: it holds U+FFFD, which stands for whatever was not UTF-8, or begins
    /// with a byte order mark, of which one may have been taken off.
    private static func text(_ scanner: inout JSONScanner) throws -> [UInt8]? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skipValue()
            return nil
        }
        let text = try scanner.string()
        return text.starts(with: ByteOrderMark.utf8) || text.holdsReplacement ? nil : text
    }
}

extension [UInt8] {
    /// Whether U+FFFD is in it, which is EF BF BD in UTF-8.
    fileprivate var holdsReplacement: Bool {
        withUnsafeBufferPointer { bytes in
            var index = 0
            while index + 2 < bytes.count {
                if bytes[index] == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] == 0xBD { return true }
                index += 1
            }
            return false
        }
    }
}
