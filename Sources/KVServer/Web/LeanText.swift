/// JavaScript and CSS without the indentation and the comments that fill whole lines: a sixth of their bytes.
///
/// It works on lines, so no string may go on over one that is indented or looks like a comment; `script/lint` watches over
/// that.
enum LeanText {
    static func of(_ source: [UInt8]) -> [UInt8] {
        var lean: [UInt8] = []
        lean.reserveCapacity(source.count)
        var isComment = false
        for line in source.split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: "\t") }
            if isComment || text.starts(with: "/*".utf8) {
                isComment = !text.suffix(2).elementsEqual("*/".utf8)
            } else if !text.isEmpty, !text.starts(with: "//".utf8) {
                lean += text
                lean.append(UInt8(ascii: "\n"))
            }
        }
        return lean
    }
}
