import KVModel

/// Divides a JSON array, whose opening bracket has been consumed, into its elements.
struct ArrayFraming {
    private var isFirst = true
    private var hasEnded = false

    /// Throws `invalid_record` where no further element can be made out, `truncated_file` where the array is not closed.
    mutating func next(in window: inout ByteWindow) throws(KVError) -> Frame {
        if hasEnded { return .end }
        guard var byte = try window.skipWhitespace() else { throw truncated(window) }
        if byte == UInt8(ascii: "]") {
            window.consume(1)
            guard try window.skipWhitespace() == nil else {
                throw KVError(.invalidRecord, "Line \(window.line): text follows the end of the array.")
            }
            hasEnded = true
            return .end
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else {
                throw KVError(.invalidRecord, "Line \(window.line): expected a comma or the end of the array.")
            }
            window.consume(1)
            guard let next = try window.skipWhitespace() else { throw truncated(window) }
            byte = next
        }
        guard !",]}:".utf8.contains(byte) else {
            throw KVError(.invalidRecord, "Line \(window.line): expected an element of the array.")
        }
        isFirst = false
        return try element(in: &window)
    }

    private func element(in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        var scan = ElementScan()
        var scanned = 0
        while true {
            if let end = scan.end(in: window.unread, from: scanned) {
                return .record(window.consumeCounting(end), line: line)
            }
            guard !window.isOverfull else { return try passOver(scan, in: &window) }
            scanned = window.unread.count
            guard try window.more() else { throw truncated(window, since: line) }
        }
    }

    private func passOver(_ scan: consuming ElementScan, in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        let key = JSONRecord.key(in: window.unread)
        window.consumeCounting(window.unread.count)
        while try window.more() {
            if let end = scan.end(in: window.unread, from: 0) {
                window.consumeCounting(end)
                return .tooLong(line: line, key: key)
            }
            window.consumeCounting(window.unread.count)
        }
        throw truncated(window, since: line)
    }

    private func truncated(_ window: borrowing ByteWindow, since line: Int? = nil) -> KVError {
        let place = line.map { "an element that begins on line \($0)" } ?? "the array, on line \(window.line)"
        return KVError(.truncatedFile, "The file ends within \(place).")
    }
}
