/// Names of files that users save, made from text that anybody may have chosen, such as a title or a key.
package enum FileName {
    /// Leaves room for a date and an extension where a name has at most 255 bytes.
    private static let maximumBytes = 200

    /// Returns the text with a `-` for each character that has a meaning to file systems or that is not visible. The name
    /// begins with neither a dot nor a sign that shells and programs take for something else. Returns nil if nothing is left.
    package static func safe(_ text: some StringProtocol) -> String? {
        var name = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let kept = isSafe(scalar) ? scalar : "-"
            if name.isEmpty, "-.~ ".unicodeScalars.contains(kept) { continue }
            bytes += UTF8.width(kept)
            guard bytes <= maximumBytes else { break }
            name.append(kept)
        }
        while let last = name.last, " .".unicodeScalars.contains(last) { name.removeLast() }
        return name.isEmpty ? nil : String(name)
    }

    /// Returns a safe name in ASCII, with a `-` for each run of other characters.
    ///
    /// - Parameter word: Takes the place of such a run at the beginning.
    package static func ascii(_ name: String, else word: String) -> String {
        var ascii = ""
        for scalar in name.unicodeScalars {
            if isPlain(scalar) {
                ascii.unicodeScalars.append(scalar)
            } else if ascii.last != "-" {
                ascii.append("-")
            }
        }
        guard ascii.first == "-" else { return ascii }
        let rest = ascii.drop { $0 == "-" || $0 == " " }
        return rest.isEmpty || rest.first == "." ? "\(word)\(rest)" : "\(word)-\(rest)"
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
        // Joiners are part of words and emoji; the others are invisible, and some turn the direction of text.
        case .format: scalar == "\u{200C}" || scalar == "\u{200D}"
        default: !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
        }
    }

    /// Whether it needs no escape in a header, and has no meaning to those who take escapes for granted.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard let byte = UInt8(exactly: scalar.value), byte < 0x80 else { return false }
        return byte.isASCIIDigit || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-._ ()+=@,".utf8.contains(byte)
    }
}
