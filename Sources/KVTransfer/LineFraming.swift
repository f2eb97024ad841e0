import KVModel

/// Divides text into lines, leaving out blank ones. The last one need not be ended.
enum LineFraming {
    static func next(in window: inout ByteWindow) throws(KVError) -> Frame {
        var searched = 0
        while true {
            let line = window.line
            if let end = window.unread.firstIndex(of: 0x0A, from: searched) {
                let text = window.consume(end + 1, lines: 1)
                if text[0] <= 0x20, text.isBlank { searched = 0 } else { return .record(text, line: line) }
            } else {
                guard !window.isOverfull else { return try passOver(in: &window) }
                searched = window.unread.count
                guard try window.more() else {
                    let text = window.consume(window.unread.count)
                    return text.isBlank ? .end : .record(text, line: line)
                }
            }
        }
    }

    private static func passOver(in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        let key = JSONRecord.key(in: window.unread)
        repeat {
            if let end = window.unread.firstIndex(of: 0x0A, from: 0) {
                window.consume(end + 1, lines: 1)
                break
            }
            window.consume(window.unread.count)
        } while try window.more()
        return .tooLong(line: line, key: key)
    }
}

extension UnsafeBufferPointer<UInt8> {
    var isBlank: Bool { allSatisfy(\.isJSONWhitespace) }
}
