/// JavaScript and CSS without the indentation, the comments that fill whole lines, and most ends of lines: a fifth of their
/// bytes.
///
/// It works on lines, so no string may go on over one that is indented or looks like a comment; `script/lint` watches over
/// that.
enum LeanText {
    private static let newline = UInt8(ascii: "\n")

    /// A line goes on in the next one where nothing could stand between them but white space.
    static func ofScript(_ source: [UInt8]) -> [UInt8] {
        var lean: [UInt8] = []
        lean.reserveCapacity(source.count)
        var goesOn = true
        for line in lines(of: source).map(withoutSpaces) {
            if !goesOn && !"}).]".utf8.contains(line.first ?? 0) { lean.append(newline) }
            lean += withoutGaps(withoutTypes(line))
            goesOn = "{,([".utf8.contains(line.last ?? 0)
            if hasRemark(line) {
                lean.append(newline)
                goesOn = true
            }
        }
        return lean + [newline]
    }

    /// Each line is a declaration, or a rule or a part of one; only within a value does a line end otherwise. The last
    /// declaration of a rule needs no semicolon.
    static func ofStyles(_ source: [UInt8]) -> [UInt8] {
        var lean: [UInt8] = []
        for line in lines(of: source) {
            var line = Array(withoutGaps(line))
            let colon = line.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? line.count
            if line.last == UInt8(ascii: ";"), line[colon...].first == UInt8(ascii: " ") { line.remove(at: colon) }
            if line.first == UInt8(ascii: "}"), lean.last == UInt8(ascii: ";") { lean.removeLast() }
            lean += line
            if !"{};,".utf8.contains(line.last ?? 0) { lean.append(newline) }
        }
        return lean
    }

    /// Those that are neither empty nor comments, without their indentation.
    private static func lines(of source: [UInt8]) -> [ArraySlice<UInt8>] {
        var isComment = false
        return source.split(separator: newline).compactMap { line in
            let text = line.drop { $0 == UInt8(ascii: "\t") }
            if isComment || text.starts(with: "/*".utf8) {
                isComment = !text.suffix(2).elementsEqual("*/".utf8)
                return nil
            }
            return text.isEmpty || text.starts(with: "//".utf8) ? nil : text
        }
    }

    /// In imports, and in lines where no string, pattern or comment can be, spaces beside marks mean nothing.
    private static func withoutSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isImport = line.starts(with: "import ".utf8)
        guard isImport || !line.contains(where: { "\"'`/".utf8.contains($0) }) else { return line }
        let marks = Array((isImport ? "{},\"" : "{}()[],:=>?&|").utf8)
        let isMark = { (place: Int) in line.indices.contains(place) && marks.contains(line[place]) }
        return line.indices.filter { line[$0] != UInt8(ascii: " ") || !isMark($0 - 1) && !isMark($0 + 1) }
            .map { line[$0] }[...]
    }

    /// A bracket that begins or ends a line needs no space to stand apart.
    private static func withoutGaps(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        if line.starts(with: "} ".utf8) { line.remove(at: line.startIndex + 1) }
        if let last = line.last, "{([".utf8.contains(last), line.dropLast().last == UInt8(ascii: " ") {
            line.remove(at: line.endIndex - 2)
        }
        return line
    }

    /// Types stand in comments within lines, like `/** @type {string} */ (key)`.
    private static func withoutTypes(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let start = line.firstRange(of: Array("/** @".utf8)),
            let end = line[start.upperBound...].firstRange(of: Array("*/ ".utf8))
        else { return line }
        return line[..<start.lowerBound] + withoutTypes(line[end.upperBound...])
    }

    /// Whether a comment may stand at the end of the line.
    private static func hasRemark(_ line: ArraySlice<UInt8>) -> Bool {
        zip(zip(line, line.dropFirst()), line.dropFirst(2)).contains { pair, third in
            pair.0 == UInt8(ascii: " ") && pair.1 == UInt8(ascii: "/") && third == UInt8(ascii: "/")
        }
    }
}
