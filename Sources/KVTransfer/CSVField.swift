import KVModel

extension [UInt8] {
    /// Appends a field of CSV as RFC 4180 has it, in quotes where it needs them.
    ///
    /// - Parameter neutralisingFormulas: puts a `'` before what a spreadsheet would run.
    package mutating func appendCSV(_ field: [UInt8], neutralisingFormulas: Bool) {
        let isFormula = neutralisingFormulas && field.looksLikeFormula
        field.withUnsafeBufferPointer { text in
            guard isFormula || Self.needsQuotes(text) else {
                append(contentsOf: text)
                return
            }
            append(UInt8(ascii: "\""))
            if isFormula { append(UInt8(ascii: "'")) }
            var index = 0
            while let quote = text.firstIndex(of: UInt8(ascii: "\""), from: index) {
                append(contentsOf: text[index...quote])
                append(UInt8(ascii: "\""))
                index = quote + 1
            }
            append(contentsOf: text[index...])
            append(UInt8(ascii: "\""))
        }
    }

    /// Spreadsheets pass over white space before a formula, and some take a tab or a carriage return for the begin of one.
    private var looksLikeFormula: Bool {
        if first == 0x09 || first == 0x0D { return true }
        switch first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): return true
        default: return false
        }
    }

    private static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        if first <= 0x20 || last <= 0x20 { return true }
        var ignored = false
        return text.endOfPlainText(from: 0, special: UInt8(ascii: ","), sawNonASCII: &ignored) < text.count
    }
}
