import KVModel

/// What is read of a file.
enum FilePurpose: Hashable {
    case entries(isStrict: Bool)
    case keys
}

/// What a file's beginning shows it to be. The window stands before the first record.
enum DetectedForm {
    /// JSON text: values, arrays, or objects of entries.
    case values(isArray: Bool, isWrangler: Bool)
    case rows(CSVColumns, separator: UInt8)
    /// Text, a key a line.
    case lines
    case empty

    /// A header longer than this is none.
    static let maximumHeaderBytes = 64 * 1_024
    /// The bytes of an unrecognized file that are examined to describe it.
    private static let tellingBytes = 4 * 1_024
    /// How much of the first element is looked at for wrangler's members.
    private static let maximumElementBytes = 1_024 * 1_024

    /// Throws `unknown_format` for an unrecognized file, `invalid_record` if it is CSV with columns that are not ours.
    static func detect(in window: inout ByteWindow, for purpose: FilePurpose) throws(KVError) -> DetectedForm {
        try begin(&window)
        switch try window.skipWhitespace() {
        case nil: return .empty
        case UInt8(ascii: "{"), 0x1E:
            if try begins(&window, "{", "'") { throw try unknown(&window) }
            return .values(isArray: false, isWrangler: false)
        case UInt8(ascii: "["):
            let first = try window.nextNonBlank(from: 1).map { window.unread[$0] }
            if purpose != .keys, first == UInt8(ascii: "\"") { throw KVError.noValues("names keys without values") }
            let known = purpose == .keys ? "{\"]" : "{]"
            guard first.map(known.utf8.contains) ?? true, try !begins(&window, "[", "{", "'") else {
                throw try unknown(&window)
            }
            return .values(isArray: true, isWrangler: try hasWranglerMembers(in: &window))
        default:
            if let form = try rows(in: &window, for: purpose) { return form }
            if let columns = try rows(in: &window, for: .keys)?.columns {
                throw KVError.noValues("has a column for keys, and none named value (its columns are \(columns.list))")
            }
            throw try unknown(&window)
        }
    }

    /// Text, unless the file begins like JSON of keys or entries, or with a header of entries.
    static func detectKeys(in window: inout ByteWindow) throws(KVError) -> DetectedForm {
        try begin(&window)
        for beginning in [("[", "{\"]"), ("{", "\""), ("\u{1E}", "{\"")] {
            if try begins(&window, beginning.0, beginning.1) { return try detect(in: &window, for: .keys) }
        }
        return try rows(in: &window, for: .entries(isStrict: false)) ?? .lines
    }

    static func lines(in window: inout ByteWindow) throws(KVError) -> DetectedForm {
        try begin(&window)
        return .lines
    }

    private static func begin(_ window: inout ByteWindow) throws(KVError) {
        try skipByteOrderMark(in: &window)
        try window.detectLineEnd(within: maximumHeaderBytes)
    }

    private static func skipByteOrderMark(in window: inout ByteWindow) throws(KVError) {
        while window.unread.count < ByteOrderMark.utf8.count {
            guard try window.more() else { return }
        }
        if window.unread.starts(with: ByteOrderMark.utf8) { window.consume(ByteOrderMark.utf8.count) }
    }

    /// Reads on as far as tells what the file is.
    private static func unknown(_ window: inout ByteWindow) throws(KVError) -> KVError {
        while window.unread.count < tellingBytes, try window.more() {}
        return UnknownFile(window.unread).error
    }

    /// Whether the bytes that are not white space begin with one of each of these sets.
    private static func begins(_ window: inout ByteWindow, _ sets: String...) throws(KVError) -> Bool {
        var index = 0
        for set in sets {
            guard let next = try window.nextNonBlank(from: index), set.utf8.contains(window.unread[next]) else {
                return false
            }
            index = next + 1
        }
        return true
    }

    private static func hasWranglerMembers(in window: inout ByteWindow) throws(KVError) -> Bool {
        guard let first = try window.nextNonBlank(from: 1) else { return false }
        var scan = ValueScan(stoppingAtFaults: false)
        var scanned = first
        while scan.scan(window.unread, from: scanned) == nil, window.unread.count < maximumElementBytes {
            scanned = window.unread.count
            guard try window.more() else { break }
        }
        var isWrangler = false
        var scanner = JSONScanner(window.unread, from: first)
        try? scanner.object { name, scanner in
            if name == "base64" || name == "expiration_ttl" { isWrangler = true }
            try scanner.skipValue()
        }
        return isWrangler
    }

    /// Nil, with nothing consumed, unless the text begins with a header that has the columns.
    private static func rows(
        in window: inout ByteWindow, for purpose: FilePurpose
    ) throws(KVError) -> DetectedForm? {
        guard let end = try window.endOfLine(within: maximumHeaderBytes), end <= maximumHeaderBytes else { return nil }
        let said = saidSeparator(window.unread[..<end])
        let start = said == nil ? 0 : min(end + 1, window.unread.count)
        guard let length = try window.endOfLine(from: start, within: maximumHeaderBytes) else { return nil }
        let header = UnsafeBufferPointer(rebasing: window.unread[start..<length])
        for separator in said.map({ [$0] }) ?? Self.separators {
            var rows = RowFraming(separator: separator, lineEnd: window.lineEnd, keyColumn: nil)
            if rows.divide(header), let columns = try CSVColumns(header: rows, in: header, for: purpose) {
                if said != nil { try window.skipLine() }
                try window.skipLine()
                return .rows(columns, separator: separator)
            }
        }
        return nil
    }

    private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

    /// The separator that a first line `sep=;` names, as spreadsheets write it.
    private static func saidSeparator(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> UInt8? {
        let text = line.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\r") }
        guard text.count == 5, String(decoding: text[..<4], as: UTF8.self).lowercased() == "sep=" else { return nil }
        return text[4]
    }
}

extension DetectedForm {
    var columns: CSVColumns? {
        if case .rows(let columns, _) = self { columns } else { nil }
    }

    var isLines: Bool { if case .lines = self { true } else { false } }

    var separator: UInt8 {
        if case .rows(_, let separator) = self { separator } else { UInt8(ascii: ",") }
    }

    /// What the file is, given what it is said to be. All forms of JSON text are read alike. Throws `unknown_format` if the
    /// two do not fit.
    func format(_ expected: FileFormat?) throws(KVError) -> FileFormat {
        switch (self, expected) {
        case (.empty, .ndjson): return .ndjson
        case (.empty, _): throw KVError(.unknownFormat, "The file is empty.")
        case (.rows, nil), (.rows, .csv): return .csv
        case (.rows, .some(let expected)):
            throw KVError(.unknownFormat, "The file begins like CSV, with a header, and not like \(expected.rawValue).")
        case (.lines, _): throw KVError(.unknownFormat, "The file is text.")
        case (.values, .csv): throw KVError(.unknownFormat, "The file begins like JSON, and not like csv.")
        case (.values(let isArray, let isWrangler), nil): return isWrangler ? .wrangler : isArray ? .json : .ndjson
        case (.values, .some(let expected)): return expected
        }
    }
}
