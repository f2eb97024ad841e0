import KVModel

/// Divides JSON text into records: the values of the file one after another (on lines of their own or not, as in NDJSON,
/// `jq`'s output, and RFC 7464), the elements of arrays, and the members of objects that hold entries by their keys.
struct ValueFraming {
    private(set) var place: ValuePlace
    /// Whether the next record is likely to be a line by itself.
    private var expectsLine = true

    /// A line that is looked for without a scan of its value.
    private static let usualLineBytes = 1 << 20
    private static let recordSeparator: UInt8 = 0x1E

    init(at place: ValuePlace = ValuePlace()) {
        self.place = place
    }

    /// Returns the unread line if it may be a record by itself, as is usual. It is not consumed.
    func line(in window: inout ByteWindow) throws(KVError) -> UnsafeBufferPointer<UInt8>? {
        guard place.container == .file, expectsLine, try window.skipWhitespace() == UInt8(ascii: "{"),
            let end = try window.endOfLine(within: Self.usualLineBytes), end <= window.maximumRecordBytes
        else { return nil }
        return UnsafeBufferPointer(rebasing: window.unread[..<end])
    }

    /// Throws `invalid_record` where no further element of an array or object can be made out, `truncated_file` where one
    /// is not closed.
    mutating func next(in window: inout ByteWindow) throws(KVError) -> Frame {
        while true {
            let frame = place.container == .file ? try nextOfFile(in: &window) : try nextOfContainer(in: &window)
            if let frame { return frame }
        }
    }

    // MARK: Values of the file

    /// Returns nil after what separates values, and at the beginning of an array or object of records.
    private mutating func nextOfFile(in window: inout ByteWindow) throws(KVError) -> Frame? {
        switch try window.skipWhitespace() {
        case nil: return .end
        case Self.recordSeparator, UInt8(ascii: ","):
            window.consume(1)
            return nil
        case UInt8(ascii: "{"): return try object(in: &window)
        case UInt8(ascii: "\""): return try string(in: &window)
        case UInt8(ascii: "[") where try beginsRecords(in: &window):
            enter(.array, after: 1, wrappers: 0, in: &window)
            return nil
        default: return try otherLine(in: &window)
        }
    }

    private func beginsRecords(in window: inout ByteWindow) throws(KVError) -> Bool {
        guard let first = try window.nextNonBlank(from: 1) else { return true }
        return "{]\"".utf8.contains(window.unread[first])
    }

    private mutating func object(in window: inout ByteWindow) throws(KVError) -> Frame? {
        switch try window.extent(stoppingAtFaults: true) {
        case .tooLong: return try tooLong(in: &window)
        case .unended(let end):
            let record = window.badRecord(end)
            try skipToValue(before: nil, in: &window)
            return .bad(record)
        case .whole(let end):
            let text = UnsafeBufferPointer(rebasing: window.unread[..<end])
            switch ObjectShape(text) {
            case .array(let start, let wrappers): enter(.array, after: start, wrappers: wrappers, in: &window)
            case .entries(let start, let wrappers): enter(.object, after: start, wrappers: wrappers, in: &window)
            case .record:
                let line = window.line
                window.consumeCounting(end)
                expectsLine = window.unread.first.map { $0 == 0x0A || $0 == 0x0D } ?? true
                return .record(text, line: line)
            case nil:
                let record = window.badRecord(end)
                try skipToValue(before: window.offset + end, in: &window)
                return .bad(record)
            }
            return nil
        }
    }

    private mutating func string(in window: inout ByteWindow) throws(KVError) -> Frame {
        switch try window.extent(stoppingAtFaults: true) {
        case .tooLong: return try tooLong(in: &window)
        case .unended: return try otherLine(in: &window)
        case .whole(let end): return .record(window.consume(end), line: window.line)
        }
    }

    private mutating func otherLine(in window: inout ByteWindow) throws(KVError) -> Frame {
        let end = min(
            try window.endOfLine(within: Self.usualLineBytes) ?? .max, window.unread.count, Self.usualLineBytes)
        let line = UnsafeBufferPointer(rebasing: window.unread[..<end])
        let frame: Frame =
            place.isAfterContainer
            ? .remark(JSONRecord.shortened(Array(line.prefix(Key.maximumBytes + 1))), line: window.line)
            : .bad(window.badRecord(end))
        try window.skipLine()
        expectsLine = true
        return frame
    }

    private mutating func tooLong(in window: inout ByteWindow) throws(KVError) -> Frame {
        let record = window.tooLongRecord()
        if case .fault = try window.passOver(stoppingAtFaults: true) { try skipToValue(before: nil, in: &window) }
        return .bad(record)
    }

    /// Passes over a value that is not JSON: to the line on which another one begins that is indented no more than this
    /// one, or to `end`, a place in the text.
    private mutating func skipToValue(before end: Int?, in window: inout ByteWindow) throws(KVError) {
        let indentation = window.indentation
        expectsLine = true
        repeat {
            if let end, window.unread.firstIndex(of: window.lineEnd, from: 0).map({ window.offset + $0 >= end }) ?? true
            {
                window.consume(end - window.offset)
                return
            }
            try window.skipLine()
        } while try !valueBegins(in: &window, indentedBy: indentation)
    }

    private func valueBegins(in window: inout ByteWindow, indentedBy indentation: Int) throws(KVError) -> Bool {
        guard let byte = try window.skipWhitespace(), byte != Self.recordSeparator else { return true }
        return window.indentation <= indentation && (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["))
    }

    // MARK: Arrays and objects of records

    private mutating func enter(
        _ container: ValuePlace.Container, after count: Int, wrappers: Int, in window: inout ByteWindow
    ) {
        window.consumeCounting(count)
        place.container = container
        place.isFirst = true
        place.wrappers = wrappers
    }

    /// Returns nil after the end of the container.
    private mutating func nextOfContainer(in window: inout ByteWindow) throws(KVError) -> Frame? {
        let isArray = place.container == .array
        guard var byte = try window.skipWhitespace() else { throw truncated(window) }
        if byte == UInt8(ascii: isArray ? "]" : "}") {
            window.consume(1)
            try leave(in: &window)
            return nil
        }
        if !place.isFirst {
            guard byte == UInt8(ascii: ",") else { throw expected("a comma or the end of the \(noun)", window) }
            window.consume(1)
            guard let next = try window.skipWhitespace() else { throw truncated(window) }
            byte = next
        }
        guard !",]}:".utf8.contains(byte) else { throw expected("an element of the \(noun)", window) }
        place.isFirst = false
        return isArray ? try element(in: &window) : try member(in: &window)
    }

    private func element(in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        switch try window.extent() {
        case .whole(let end): return .record(window.consumeCounting(end), line: line)
        case .unended: throw truncated(window, since: line)
        case .tooLong:
            let record = window.tooLongRecord()
            guard case .end = try window.passOver() else { throw truncated(window, since: line) }
            return .bad(record)
        }
    }

    private func member(in window: inout ByteWindow) throws(KVError) -> Frame {
        let line = window.line
        let start = try memberValue(in: &window)
        switch try window.extent(from: start) {
        case .whole(let end): return .member(window.consumeCounting(end), line: line)
        case .unended: throw truncated(window, since: line)
        case .tooLong:
            let record = BadRecord(line: line, key: JSONRecord.name(ofMember: window.unread), error: .tooLarge())
            window.consumeCounting(start)
            guard case .end = try window.passOver() else { throw truncated(window, since: line) }
            return .bad(record)
        }
    }

    /// Returns where the value of the unread member begins.
    private func memberValue(in window: inout ByteWindow) throws(KVError) -> Int {
        guard window.unread.first == UInt8(ascii: "\""), case .whole(let nameEnd) = try window.extent(),
            let colon = try window.nextNonBlank(from: nameEnd), window.unread[colon] == UInt8(ascii: ":"),
            let value = try window.nextNonBlank(from: colon + 1)
        else { throw expected("a member of the object", window) }
        return value
    }

    /// Passes over what follows the container in the objects around it: what `ObjectShape` has found not to be records.
    private mutating func leave(in window: inout ByteWindow) throws(KVError) {
        var wrappers = place.wrappers
        while wrappers > 0 {
            guard let byte = try window.skipWhitespace() else { throw truncated(window) }
            window.consume(1)
            if byte == UInt8(ascii: "}") {
                wrappers -= 1
            } else if byte == UInt8(ascii: ","), try window.skipWhitespace() != nil {
                window.consumeCounting(try memberValue(in: &window))
                guard case .end = try window.passOver() else { throw truncated(window) }
            } else {
                throw expected("a comma or the end of the object", window)
            }
        }
        place = ValuePlace()
        place.isAfterContainer = true
        expectsLine = true
    }

    private var noun: String { place.container == .array ? "array" : "object" }

    private func expected(_ what: String, _ window: borrowing ByteWindow) -> KVError {
        KVError(.invalidRecord, "Line \(window.line): expected \(what).")
    }

    private func truncated(_ window: borrowing ByteWindow, since line: Int? = nil) -> KVError {
        let place = line.map { "an element that begins on line \($0)" } ?? "the \(noun), on line \(window.line)"
        return KVError(.truncatedFile, "The file ends within \(place).")
    }
}
