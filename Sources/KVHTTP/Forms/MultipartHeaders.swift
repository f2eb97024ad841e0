/// What stands at the head of a part: its name above all.
struct MultipartHeaders {
    let name: String
    let contentType: String?
    /// Behind the empty line.
    let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int) throws(MultipartFault) {
        var name: String?
        var contentType: String?
        var index = start
        while true {
            let window = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, start + limit)])
            guard let lineEnd = window.firstOccurrence(of: Array("\r\n".utf8), from: index) else {
                throw MultipartFault(
                    reason: window.count < bytes.count
                        ? "the head of a part is too long" : "it ends within the head of a part")
            }
            let line = bytes[index..<lineEnd]
            index = lineEnd + 2
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw MultipartFault(reason: "a line in the head of a part is no header")
            }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition": name = HeaderParameters(value)["name"]
            case "content-type": contentType = HeaderParameters(value).value.lowercased()
            default: break
            }
        }
        guard let name else { throw MultipartFault(reason: "a part has no name in its Content-Disposition") }
        self.name = name
        self.contentType = contentType
        end = index
    }
}

/// A header's value with its parameters: `form-data; name="value"; filename="a;b"`.
package struct HeaderParameters {
    package private(set) var value = ""
    private var parameters: [String: String] = [:]

    package init(_ text: String) {
        var isQuoted = false
        var isEscaped = false
        var fields = [""]
        for scalar in text.unicodeScalars {
            switch scalar {
            case _ where isEscaped: isEscaped = false
            case "\\" where isQuoted:
                isEscaped = true
                continue
            case "\"":
                isQuoted.toggle()
                continue
            case ";" where !isQuoted:
                fields.append("")
                continue
            default: break
            }
            fields[fields.count - 1].unicodeScalars.append(scalar)
        }
        for (index, field) in fields.enumerated() {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if index == 0 || parts.count < 2 {
                if index == 0 { value = Self.trimmed(parts[0]) }
            } else {
                // Of two with one name, the first: as by those who do not read on.
                let name = Self.trimmed(parts[0]).lowercased()
                if parameters[name] == nil { parameters[name] = Self.trimmed(parts[1]) }
            }
        }
    }

    package subscript(_ name: String) -> String? { parameters[name] }

    private static func trimmed(_ text: Substring) -> String {
        String(text.trimmingPrefix(while: \.isWhitespace).reversed().trimmingPrefix(while: \.isWhitespace).reversed())
    }
}
