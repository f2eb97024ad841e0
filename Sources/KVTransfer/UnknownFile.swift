import KVModel

/// Describes an unrecognized file: what it looks like, and what to do about it.
struct UnknownFile {
    private static let quotedBytes = 100

    private let bytes: UnsafeBufferPointer<UInt8>

    /// - Parameter bytes: its beginning.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var error: KVError {
        KVError(
            .unknownFormat,
            "\(sentence) Expected JSON objects with key and value (NDJSON, or an array of them), a format of wrangler, or CSV with "
                + "the columns key and value.")
    }

    private var sentence: String {
        if let kind = binaryKind { return "The file is \(kind), not text: import the file within it." }
        let text = String(decoding: bytes.prefix(DetectedForm.maximumHeaderBytes), as: UTF8.self)
        let first =
            text.split(maxSplits: 1, whereSeparator: \.isNewline).first.map { String($0.prefix(Self.quotedBytes)) }
            ?? ""
        switch bytes.first {
        case UInt8(ascii: "<"): return "The file is an HTML or XML page, perhaps an error page of a server."
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            return text.first { $0 == "'" || $0 == "\"" } == "'"
                ? "The file has strings in single quotes, as Python prints them; write it with json.dumps."
                : "The file is a JSON array, but not one of objects."
        case UInt8(ascii: "-") where text.contains("Content-Disposition: form-data"):
            return "The file is an upload of a form; send the file itself as the body (curl --data-binary @file)."
        default:
            return text.contains("\n{") || text.contains("\n[")
                ? "The file begins with a line that is not JSON; remove it: \(quoting: first)."
                : "The file's format is not known; it begins with \(quoting: first)."
        }
    }

    private var binaryKind: String? {
        let kinds: [(start: [UInt8], name: String)] = [
            (Array("PK".utf8) + [3, 4], "a ZIP archive (or a spreadsheet, which should be saved as CSV)"),
            (Array("SQLite format 3".utf8), "an SQLite database"), (Array("%PDF".utf8), "a PDF document"),
            (Array("BZh".utf8), "compressed with bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz"),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd"), ([0x78, 0x9C], "compressed with zlib"),
            ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet or document; save it as CSV"),
            ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"),
        ]
        return kinds.first { bytes.starts(with: $0.start) }?.name
    }
}
