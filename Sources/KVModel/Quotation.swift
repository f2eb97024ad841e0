extension DefaultStringInterpolation {
    private static let maximumQuotedCharacters = 100

    /// Appends a client's text in quotation marks, cut after 100 characters: an error never repeats more of its input.
    package mutating func appendInterpolation(quoting text: some StringProtocol) {
        let scalars = text.unicodeScalars
        let end = scalars.index(scalars.startIndex, offsetBy: Self.maximumQuotedCharacters, limitedBy: scalars.endIndex)
        appendLiteral("\"")
        appendInterpolation(String(text[..<(end ?? scalars.endIndex)]))
        appendLiteral(end ?? scalars.endIndex < scalars.endIndex ? "…\"" : "\"")
    }

    package mutating func appendInterpolation(quoting key: Key) {
        appendInterpolation(quoting: key.name)
    }

    /// Appends the first keys of a list, quoted, and how many others there are.
    package mutating func appendInterpolation(listing keys: [Key]) {
        for (index, key) in keys.prefix(5).enumerated() {
            if index > 0 { appendLiteral(", ") }
            appendInterpolation(quoting: key)
        }
        if keys.count > 5 { appendLiteral(" and \((keys.count - 5).grouped) more") }
    }
}
