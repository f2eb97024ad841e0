/// The trace that a request belongs to, in the form of W3C's Trace Context: the client names it, and requests that are
/// sent to other servers on its behalf continue it.
package struct TraceContext: Hashable, Sendable {
    /// 32 lowercase hex digits.
    package let trace: String
    private let flags: Substring

    /// Nil for what is no `traceparent` of version 00.
    package init?(_ header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", Self.isHex(parts[1], 32), Self.isHex(parts[2], 16),
            Self.isHex(parts[3], 2), parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        trace = String(parts[1])
        flags = parts[3]
    }

    /// The header of a request that is sent on the trace's behalf: a step of its own within it.
    package var header: String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return "00-\(trace)-\(String(repeating: "0", count: 16 - digits.count))\(digits)-\(flags)"
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0) }
    }
}
