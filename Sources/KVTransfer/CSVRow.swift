import KVModel

/// One row of a CSV file: key, value, encoding, metadata, expiration.
struct CSVRow {
    private let entry: Entry
    private let neutralisesFormulas: Bool

    init(_ entry: Entry, neutralisesFormulas: Bool) {
        self.entry = entry
        self.neutralisesFormulas = neutralisesFormulas
    }

    static func appendHeader(to bytes: inout [UInt8]) {
        bytes.append("key,value,encoding,metadata,expiration\r\n")
    }

    func append(to bytes: inout [UInt8]) {
        append(field: entry.key.bytes, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        if Self.survivesAsText(entry.value) {
            append(field: entry.value, to: &bytes)
            bytes.append(",text,")
        } else {
            append(field: entry.value.withUnsafeBufferPointer { Base64.encode($0) }, to: &bytes)
            bytes.append(",base64,")
        }
        if let metadata = entry.metadata { append(field: metadata.json, to: &bytes) }
        bytes.append(UInt8(ascii: ","))
        if let expiration = entry.expiration { bytes.appendDecimal(expiration.seconds) }
        bytes.append("\r\n")
    }

    /// Whether readers of CSV leave the text as it is: many stop at a NUL, and take a carriage return by itself for the
    /// end of a line.
    private static func survivesAsText(_ value: [UInt8]) -> Bool {
        guard value.isValidUTF8 else { return false }
        return value.withUnsafeBufferPointer { text in
            var index = 0
            while let found = text.firstIndex(of: 0x0D, from: index) {
                guard found + 1 < text.count, text[found + 1] == 0x0A else { return false }
                index = found + 2
            }
            return text.firstIndex(of: 0, from: 0) == nil
        }
    }

    private func append(field: [UInt8], to bytes: inout [UInt8]) {
        bytes.appendCSV(field, neutralisingFormulas: neutralisesFormulas)
    }
}
