import KVModel

/// Divides the text of a file into its records, each as the text it is written in.
struct FrameReader: ~Copyable, Sendable {
    private(set) var window: ByteWindow
    /// How rows are divided, and where the fields of the last one stand.
    private(set) var rows: RowFraming
    /// Of rows; nil for JSON text and lines.
    let columns: CSVColumns?
    private let isLines: Bool
    private var values = ValueFraming()

    init(_ window: consuming ByteWindow, _ form: DetectedForm) {
        columns = form.columns
        isLines = form.isLines
        rows = RowFraming(separator: form.separator, lineEnd: window.lineEnd, keyColumn: columns?.keyColumn)
        self.window = window
    }

    /// Where the next record is in JSON text.
    var place: ValuePlace? { columns == nil ? values.place : nil }

    mutating func next() throws(KVError) -> Frame {
        if isLines { return try LineFraming.next(in: &window) }
        return columns == nil ? try values.next(in: &window) : try rows.next(in: &window)
    }

    /// The unread line of JSON text, if it may be a record by itself. `take` consumes it.
    mutating func line() throws(KVError) -> UnsafeBufferPointer<UInt8>? {
        columns == nil ? try values.line(in: &window) : nil
    }

    mutating func take(_ count: Int) {
        window.consume(count)
    }

    /// Returns false for a file of which the records before the checkpoint must be read again.
    mutating func resume(at checkpoint: Checkpoint, _ place: ValuePlace?) throws(KVError) -> Bool {
        guard columns == nil, window.isSeekable, let place else { return false }
        values = ValueFraming(at: place)
        try window.seek(to: checkpoint.offset, line: checkpoint.line)
        return true
    }

    /// Counts the lines that are not blank, and consumes them; nil unless the first is a JSON value by itself.
    mutating func countLines() throws(KVError) -> Int? {
        guard let first = try line() else { return try next().isEnd ? 0 : nil }
        var scanner = JSONScanner(first)
        guard (try? scanner.skipValue()) != nil, (try? scanner.end()) != nil else { return nil }
        var count = 0
        while try window.skipWhitespace() != nil {
            count += 1
            try window.skipLine()
        }
        return count
    }
}

extension Frame {
    fileprivate var isEnd: Bool { if case .end = self { true } else { false } }
}
