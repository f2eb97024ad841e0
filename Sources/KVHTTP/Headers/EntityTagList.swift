/// The ETags in `If-Match` or `If-None-Match`, or `*` for any (RFC 9110, section 13.1).
struct EntityTagList {
    private var isAny = false
    /// With their quotes.
    private var strong: [Substring] = []
    private var weak: [Substring] = []

    /// Text that is not an ETag in its quotes is passed over: it matches nothing.
    init(_ header: String) {
        var rest = header[...]
        while let start = rest.firstIndex(where: { $0 != "," && !$0.isWhitespace }) {
            rest = rest[start...]
            if rest.first == "*", rest.dropFirst().prefix(while: { $0 != "," }).allSatisfy(\.isWhitespace) {
                isAny = true
            }
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest.removeFirst(2) }
            // A comma may be part of an ETag.
            if rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
                if isWeak { weak.append(rest[...end]) } else { strong.append(rest[...end]) }
                rest = rest[end...].dropFirst()
            }
            rest = rest.drop { $0 != "," }
        }
    }

    /// Whether one of the ETags is the given one, and neither is weak. `*` is, whatever the ETag.
    func containsStrongly(_ etag: String?) -> Bool { isAny || etag.map { strong.contains($0[...]) } == true }

    /// The same where a weak ETag counts as well.
    func containsWeakly(_ etag: String?) -> Bool {
        containsStrongly(etag) || etag.map { weak.contains($0[...]) } == true
    }
}
