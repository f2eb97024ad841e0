import KVModel

/// Finds where a JSON value ends, in text that comes in pieces, by its brackets and strings alone. The parser judges what
/// is between them.
struct ValueScan {
    enum Outcome {
        /// The value ends before this index.
        case end(Int)
        /// The byte at this index cannot be part of a JSON value that begins where this one does.
        case fault(Int)
    }

    /// Open brackets of which the kind is remembered.
    private static let rememberedDepth = 64

    /// Whether the scan stops at a line break within a string, and at a bracket where none may stand. A value that is not
    /// closed then does not take in those after it.
    private let stopsAtFaults: Bool
    private var depth = 0
    /// The innermost brackets, the last one being the lowest bit, which is set for those of objects.
    private var objects: UInt64 = 0
    private var isTooDeepToTell = false
    private var isInString = false
    private var isEscaped = false
    /// The last byte that is not white space; 0 before the first.
    private var previous: UInt8 = 0

    init(stoppingAtFaults: Bool) {
        stopsAtFaults = stoppingAtFaults
    }

    /// Scans `text` from `start` on, which continues what was scanned before. Returns nil if the value goes on after it.
    mutating func scan(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Outcome? {
        var index = start
        while index < text.count {
            if isInString {
                guard let outcome = scanString(text, from: &index) else { continue }
                return outcome
            }
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                if depth == 0, previous != 0 { return .end(index) }
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0, previous != 0 { return .end(index) }
                guard mayOpen else { return .fault(index) }
                open(isObject: byte == UInt8(ascii: "{"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return .end(index) }
                guard mayClose(isObject: byte == UInt8(ascii: "}")) else { return .fault(index) }
                depth -= 1
                objects >>= 1
                if depth == 0 { return .end(index + 1) }
            case UInt8(ascii: ","):
                if depth == 0 { return .end(index) }
            case _ where byte.isJSONWhitespace:
                if depth == 0, previous != 0 { return .end(index) }
                index += 1
                continue
            default: break
            }
            previous = byte
            index += 1
        }
        return nil
    }

    private var mayOpen: Bool {
        guard stopsAtFaults, depth > 0, !isTooDeepToTell else { return true }
        let isWithinArray = objects & 1 == 0
        return previous == UInt8(ascii: ":")
            || isWithinArray && (previous == UInt8(ascii: ",") || previous == UInt8(ascii: "["))
    }

    private func mayClose(isObject: Bool) -> Bool {
        !stopsAtFaults || isTooDeepToTell || (objects & 1 == 1) == isObject
    }

    private mutating func open(isObject: Bool) {
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        if depth > Self.rememberedDepth { isTooDeepToTell = true }
    }

    /// Moves `index` after the quote that ends the string, or to the end of the text. Returns where the value ends, if it
    /// is the string, or the fault that ends it.
    private mutating func scanString(_ text: UnsafeBufferPointer<UInt8>, from index: inout Int) -> Outcome? {
        var ignored = false
        while index < text.count {
            if isEscaped {
                isEscaped = false
                index += 1
                continue
            }
            index = text.endOfPlainText(from: index, sawNonASCII: &ignored)
            guard index < text.count else { return nil }
            switch text[index] {
            case UInt8(ascii: "\""):
                isInString = false
                index += 1
                return depth == 0 ? .end(index) : nil
            case UInt8(ascii: "\\"): isEscaped = true
            case 0x0A, 0x0D:
                if stopsAtFaults { return .fault(index) }
            default: break
            }
            index += 1
        }
        return nil
    }
}
