import KVModel

extension [UInt8] {
    /// Appends a field of CSV as RFC 4180 has it, in quotes where it needs them.
    ///
    /// - Parameter neutralisingFormulas: puts a `'` before what a spreadsheet would run.
    package mutating func appendCSV(_ field: [UInt8], neutralisingFormulas: Bool) {
        let formulas = neutralisingFormulas && field.isValidUTF8 ? field.formulaStarts : []
        guard formulas.isEmpty else {
            var neutral: [UInt8] = []
            var start = 0
            for formula in formulas {
                neutral += field[start..<formula]
                neutral.append(UInt8(ascii: "'"))
                start = formula
            }
            return appendQuoted(neutral + field[start...])
        }
        if field.withUnsafeBufferPointer({ Self.needsQuotes($0) }) {
            appendQuoted(field)
        } else {
            append(contentsOf: field)
        }
    }

    private mutating func appendQuoted(_ field: [UInt8]) {
        append(UInt8(ascii: "\""))
        field.withUnsafeBufferPointer { text in
            var index = 0
            while let quote = text.firstIndex(of: UInt8(ascii: "\""), from: index) {
                append(contentsOf: text[index...quote])
                append(UInt8(ascii: "\""))
                index = quote + 1
            }
            append(contentsOf: text[index...])
        }
        append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        if first <= 0x20 || last <= 0x20 { return true }
        var ignored = false
        return text.endOfPlainText(from: 0, special: UInt8(ascii: ","), sawNonASCII: &ignored) < text.count
    }
}

extension [UInt8] {
    /// Where cells begin that a spreadsheet would run, by the list of OWASP ("CSV Injection"): a formula begins with `=`,
    /// `+`, `-` or `@`, full-width or not, and a field with a tab or a line break may be one.
    ///
    /// Where a spreadsheet expects another separator than the comma, a cell also begins within a field: after a semicolon,
    /// a tab or a line break.
    fileprivate var formulaStarts: [Int] {
        var starts: [Int] = []
        var cell: Int? = 0
        var offset = 0
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            if scalar.endsCell {
                if offset == 0, scalar != ";" { starts.append(0) }
                cell = offset + 1
            } else if !scalar.isPassedOver {
                if let cell, "=+-@＝＋－＠".unicodeScalars.contains(scalar) { starts.append(cell) }
                cell = nil
            }
            offset += UTF8.width(scalar)
        }
        return starts
    }
}

extension UnicodeScalar {
    fileprivate var endsCell: Bool { self == ";" || self == "\t" || self == "\n" || self == "\r" }

    /// Whether a formula may follow: white space, controls, quotes, and what is not seen, such as a byte order mark.
    fileprivate var isPassedOver: Bool {
        value <= 0x20 || self == "\"" || self == "'" || properties.isWhitespace
            || properties.isDefaultIgnorableCodePoint
    }
}
