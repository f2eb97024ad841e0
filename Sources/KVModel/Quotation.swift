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
}
