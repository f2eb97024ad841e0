import KVModel

/// Finds where one element of a JSON array ends, in text that comes in pieces: by its brackets and strings alone.
/// What is between them is for the parser to judge.
struct ElementScan {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var hasBegun = false

    /// Where the element ends, if it does, in `text` from `start` on, which goes on from what was scanned before.
    mutating func end(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < text.count {
            if isInString {
                guard let end = endOfString(in: text, from: index) else { return nil }
                index = end
                if depth == 0 { return index }
                continue
            }
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                if depth == 0, hasBegun { return index }
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 0, hasBegun { return index }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
                if depth == 0 { return index + 1 }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 { return index }
            default: break
            }
            hasBegun = true
            index += 1
        }
        return nil
    }

    /// Behind the quote that ends the string; nil if it goes on beyond the text.
    private mutating func endOfString(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var ignored = false
        while index < text.count {
            if isEscaped {
                isEscaped = false
                index += 1
                continue
            }
            index = text.endOfPlainText(from: index, sawNonASCII: &ignored)
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: "\"") {
                isInString = false
                return index + 1
            }
            isEscaped = text[index] == UInt8(ascii: "\\")
            index += 1
        }
        return nil
    }
}
