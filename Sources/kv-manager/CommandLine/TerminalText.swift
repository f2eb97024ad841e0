/// Text as a terminal may show it: nothing in it moves the cursor, changes colours or turns the direction of writing.
enum TerminalText {
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return text.unicodeScalars.reduce(into: "") { visible, scalar in
            visible += isHidden(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }

    /// How many columns it takes; close enough for tables.
    static func width(_ text: String) -> Int {
        text.reduce(0) { width, character in width + (character.unicodeScalars.contains(where: isWide) ? 2 : 1) }
    }

    static func padded(_ text: String, to width: Int, isNumber: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - Self.width(text)))
        return isNumber ? space + text : text + space
    }

    /// Control characters, line separators, and marks that reorder what stands around them.
    static func isHidden(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func isWide(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
