import Foundation

/// Checks that arguments and settings are text, before anything reads them.
///
/// Swift replaces bytes that are not UTF-8 with U+FFFD: a command would process another key, value or file than the one named.
enum ArgumentText {
    private static let longestQuotation = 100

    /// Describes the first argument or variable that is not UTF-8; nil if all are.
    static func fault() -> String? {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index], let text = quotation(argument) else { continue }
            return "Argument \(index), \(text), is not UTF-8. Use UTF-8 for keys, options and names of files. "
                + "For a value of other bytes, use --path with a file, or --path - with standard input."
        }
        for setting in Setting.allCases {
            for name in [setting.variable, "\(setting.variable)_FILE"] {
                guard let value = getenv(name), quotation(value) != nil else { continue }
                return "The environment variable \(name) is not UTF-8. Use UTF-8."
            }
        }
        return nil
    }

    /// Returns nil for UTF-8, and otherwise the bytes in quotation marks, those beyond ASCII as `\xNN`.
    private static func quotation(_ pointer: UnsafePointer<CChar>) -> String? {
        guard String(validatingCString: pointer) == nil else { return nil }
        let bytes = UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map(UInt8.init(bitPattern:))
        let shown = bytes.prefix(longestQuotation).map { byte in
            (0x20...0x7E).contains(byte) ? String(UnicodeScalar(byte)) : String(format: "\\x%02x", byte)
        }
        return "\"\(shown.joined())\(bytes.count > longestQuotation ? "…" : "")\""
    }
}
