import KVModel

/// Divides comma-separated text (RFC 4180), or text with another separator, into rows, and rows into fields. Rows end with
/// CRLF or LF, or with CR alone if `lineEnd` is one; blank ones are left out.
struct RowFraming {
    /// Where a field's content stands in the row's text, within its quotes if it has any.
    struct Field {
        var range: Range<Int>
        /// Two quotes in it stand for one.
        var hasDoubledQuotes: Bool
    }

    /// Of the row that came last: no more than `maximumFields`, however many there are.
    private(set) var fields: [Field] = []
    private(set) var fieldCount = 0
    /// Why the row that came last is none, if so.
    private(set) var fault: String?
    private let separator: UInt8
    private let lineEnd: UInt8
    /// The column that names a row which is too long to be held.
    private let keyColumn: Int?

    private static let maximumFields = 64
    private var state = State.beforeField
    private var fieldStart = 0
    private var quoteEnd = 0
    private var hasDoubledQuotes = false
    private var returns = 0

    private enum State {
        case beforeField, plain, quoted
        /// Behind a quote within a quoted field: it ended the field, unless another quote follows.
        case behindQuote
        /// Behind that and a carriage return.
        case behindReturn
    }

    init(separator: UInt8, lineEnd: UInt8, keyColumn: Int?) {
        self.separator = separator
        self.lineEnd = lineEnd
        self.keyColumn = keyColumn
    }

    /// Divides one row by itself. Returns whether it is one: its quotes are closed, and stand where quotes may.
    mutating func divide(_ row: UnsafeBufferPointer<UInt8>) -> Bool {
        begin()
        guard scan(row, from: 0) == nil, (try? endOfText(row, line: 1)) != nil else { return false }
        return fault == nil
    }

    /// Throws `truncated_file` if the text ends within quotes.
    mutating func next(in window: inout ByteWindow) throws(KVError) -> Frame {
        while true {
            begin()
            let line = window.line
            var end = scan(window.unread, from: 0)
            while end == nil {
                guard !window.isOverfull else { return try passOver(in: &window) }
                let scanned = window.unread.count
                if try window.more() {
                    end = scan(window.unread, from: scanned)
                } else {
                    end = try endOfText(window.unread, line: line)
                }
            }
            let text = window.consumeCounting(end ?? 0)
            if text.isEmpty { return .end }
            if !isBlank(text) { return .record(text, line: line) }
        }
    }

    private mutating func passOver(in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        let text = window.unread
        let key = keyColumn.flatMap { $0 < fields.count ? fields[$0].shortened(in: text) : nil }
        repeat {
            window.consumeCounting(window.unread.count)
            guard try window.more() else {
                _ = try endOfText(window.unread, line: line)
                break
            }
            if let end = scan(window.unread, from: 0) {
                window.consumeCounting(end)
                break
            }
        } while true
        return .bad(BadRecord(line: line, key: key, error: .tooLarge()))
    }

    private func isBlank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        fieldCount == 1 && fault == nil && fields[0].range.isEmpty && text[0] != UInt8(ascii: "\"")
    }

    // MARK: Bytes

    private mutating func begin() {
        fields.removeAll(keepingCapacity: true)
        fieldCount = 0
        fault = nil
        state = .beforeField
    }

    /// Behind the row's end, if it is in the text from `start` on.
    private mutating func scan(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var ignored = false
        while index < text.count {
            let byte = text[index]
            switch state {
            case .beforeField:
                let isQuoted = byte == UInt8(ascii: "\"")
                state = isQuoted ? .quoted : .plain
                if isQuoted { index += 1 }
                fieldStart = index
                hasDoubledQuotes = false
                returns = 0
                continue
            case .plain:
                index = text.endOfPlainText(from: index, special: separator, sawNonASCII: &ignored)
                guard index < text.count else { return nil }
                switch text[index] {
                case separator: endPlain(text, at: index)
                case lineEnd:
                    endPlain(text, at: index)
                    return index + 1
                case UInt8(ascii: "\""): fault = fault ?? "A field that does not begin with a quote contains one."
                case UInt8(ascii: "\r"): returns += 1
                default: break
                }
            case .quoted:
                guard let quote = text.firstIndex(of: UInt8(ascii: "\""), from: index) else { return nil }
                quoteEnd = quote
                index = quote
                state = .behindQuote
            case .behindQuote:
                switch byte {
                case UInt8(ascii: "\""):
                    hasDoubledQuotes = true
                    state = .quoted
                case separator: endField(fieldStart..<max(quoteEnd, fieldStart))
                case lineEnd:
                    endField(fieldStart..<max(quoteEnd, fieldStart))
                    return index + 1
                case UInt8(ascii: "\r"): state = .behindReturn
                default:
                    fault = fault ?? "Text follows the closing quote of a field."
                    state = .plain
                }
            case .behindReturn:
                guard byte == lineEnd else {
                    fault = fault ?? "Text follows the closing quote of a field."
                    state = .plain
                    continue
                }
                endField(fieldStart..<max(quoteEnd, fieldStart))
                return index + 1
            }
            index += 1
        }
        return nil
    }

    private mutating func endOfText(_ text: UnsafeBufferPointer<UInt8>, line: Int) throws(KVError) -> Int {
        switch state {
        case .beforeField:
            if fieldCount > 0 { endField(text.count..<text.count) }
        case .plain: endPlain(text, at: text.count)
        case .behindQuote, .behindReturn: endField(fieldStart..<max(quoteEnd, fieldStart))
        case .quoted:
            throw KVError(.truncatedFile, "The file ends within the quotes of a row that begins on line \(line).")
        }
        return text.count
    }

    /// A carriage return before the row's end belongs to that; any other is a fault.
    private mutating func endPlain(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
        var end = index
        let endsRow = index == text.count || text[index] == lineEnd
        if endsRow, returns > 0, end > 0, text[end - 1] == UInt8(ascii: "\r") {
            end -= 1
            returns -= 1
        }
        if returns > 0 { fault = fault ?? "There is a carriage return outside quotes." }
        endField(fieldStart..<max(end, fieldStart))
    }

    private mutating func endField(_ range: Range<Int>) {
        if fields.count < Self.maximumFields {
            fields.append(Field(range: range, hasDoubledQuotes: hasDoubledQuotes))
        }
        fieldCount += 1
        state = .beforeField
    }
}

extension RowFraming.Field {
    /// The beginning of a field that may be very long.
    func shortened(in row: UnsafeBufferPointer<UInt8>) -> String {
        var beginning = self
        beginning.range = range.lowerBound..<min(range.upperBound, range.lowerBound + 2 * (Key.maximumBytes + 1))
        return JSONRecord.shortened(beginning.content(in: row))
    }

    func content(in row: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let raw = UnsafeBufferPointer(rebasing: row[range])
        guard hasDoubledQuotes else { return Array(raw) }
        var content: [UInt8] = []
        content.reserveCapacity(raw.count)
        var index = 0
        while let quote = raw.firstIndex(of: UInt8(ascii: "\""), from: index) {
            content.append(contentsOf: raw[index...quote])
            index = min(quote + 2, raw.count)
        }
        content.append(contentsOf: raw[index...])
        return content
    }
}
