import KVModel

/// What a file's beginning shows it to be. The window stands behind what told: before the first record.
enum DetectedForm {
    case lines
    case array(isWrangler: Bool)
    case rows(CSVColumns)
    case empty

    /// A header longer than this is none.
    private static let maximumHeaderBytes = 64 * 1_024
    /// How much of the first element is looked at for wrangler's members.
    private static let maximumElementBytes = 1_024 * 1_024

    /// Throws `unknown_format` if it is none of the formats, `invalid_record` if it is CSV with columns that are not ours.
    static func detect(in window: inout ByteWindow) throws(KVError) -> DetectedForm {
        try skipByteOrderMark(in: &window)
        switch try window.skipWhitespace() {
        case nil: return .empty
        case UInt8(ascii: "{"): return .lines
        case UInt8(ascii: "["): return try array(in: &window)
        default: return try rows(in: &window)
        }
    }

    private static func skipByteOrderMark(in window: inout ByteWindow) throws(KVError) {
        while window.unread.count < ByteOrderMark.utf8.count {
            guard try window.more() else { return }
        }
        if window.unread.starts(with: ByteOrderMark.utf8) { window.consume(ByteOrderMark.utf8.count) }
    }

    private static func array(in window: inout ByteWindow) throws(KVError) -> DetectedForm {
        window.consume(1)
        switch try window.skipWhitespace() {
        case UInt8(ascii: "{"): return .array(isWrangler: try hasWranglerMembers(in: &window))
        case UInt8(ascii: "]"), nil: return .array(isWrangler: false)
        default:
            throw KVError(.unknownFormat, "The file is a JSON array, but not one of objects: \(expectation).")
        }
    }

    private static func hasWranglerMembers(in window: inout ByteWindow) throws(KVError) -> Bool {
        var scan = ElementScan()
        var scanned = 0
        while scan.end(in: window.unread, from: scanned) == nil, window.unread.count < maximumElementBytes {
            scanned = window.unread.count
            guard try window.more() else { break }
        }
        var isWrangler = false
        var scanner = JSONScanner(window.unread)
        try? scanner.object { name, scanner in
            if name == "base64" || name == "expiration_ttl" { isWrangler = true }
            try scanner.skipValue()
        }
        return isWrangler
    }

    private static func rows(in window: inout ByteWindow) throws(KVError) -> DetectedForm {
        var searched = 0
        while window.unread.firstIndex(of: 0x0A, from: searched) == nil {
            searched = window.unread.count
            guard searched < maximumHeaderBytes else { throw unknown }
            guard try window.more() else { break }
        }
        var rows = RowFraming(keyColumn: nil)
        do throws(KVError) {
            if case .record(let text, _) = try rows.next(in: &window),
                let columns = try CSVColumns(header: rows, in: text)
            {
                return .rows(columns)
            }
        } catch  where error.code == .truncatedFile && !window.isGzipped {
            // The quotes of the first line are not closed: no header.
        }
        throw unknown
    }

    private static let expectation =
        "expected NDJSON (lines that begin with {), JSON or wrangler's bulk format ([ and then {), or CSV with a header line "
        + "that has the columns key and value, separated by commas"

    private static var unknown: KVError { KVError(.unknownFormat, "The file's format is not known: \(expectation).") }
}

extension DetectedForm {
    var columns: CSVColumns? {
        if case .rows(let columns) = self { columns } else { nil }
    }

    /// What the file is, given what it is said to be. Throws `unknown_format` if the two do not fit.
    func format(_ expected: FileFormat?) throws(KVError) -> FileFormat {
        switch (self, expected) {
        case (.lines, nil), (.lines, .ndjson), (.empty, .ndjson): return .ndjson
        case (.array(let isWrangler), nil): return isWrangler ? .wrangler : .json
        case (.array, .json): return .json
        case (.array, .wrangler): return .wrangler
        case (.rows, nil), (.rows, .csv): return .csv
        case (.empty, _): throw KVError(.unknownFormat, "The file is empty.")
        case (.lines, .some(let expected)):
            throw KVError(.unknownFormat, "The file begins like NDJSON, with {, and not like \(expected.rawValue).")
        case (.array, .some(let expected)):
            throw KVError(
                .unknownFormat, "The file begins like a JSON array, with [, and not like \(expected.rawValue).")
        case (.rows, .some(let expected)):
            throw KVError(.unknownFormat, "The file begins like CSV, with a header, and not like \(expected.rawValue).")
        }
    }
}
