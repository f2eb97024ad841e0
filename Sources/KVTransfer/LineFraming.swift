import KVModel

/// Divides text into the lines of a key list, without what ends them. Empty lines are left out.
enum LineFraming {
    static func next(in window: inout ByteWindow) throws(KVError) -> Frame {
        while true {
            let line = window.line
            // A key may be followed by a carriage return.
            guard let end = try window.endOfLine(within: Key.maximumBytes + 2) else {
                return .bad(BadRecord(line: line, key: nil, error: Key.tooLong))
            }
            let isEnded = end < window.unread.count
            let text = window.consume(isEnded ? end + 1 : end, lines: isEnded ? 1 : 0)
            let content = text.prefix(end)
            let key = window.lineEnd == 0x0A && content.last == 0x0D ? content.dropLast() : content
            if !key.isEmpty { return .record(UnsafeBufferPointer(rebasing: key), line: line) }
            guard isEnded else { return .end }
        }
    }
}
