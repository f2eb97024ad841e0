import Foundation
import NIOCore

/// A host and perhaps a port: the `Host` of a request, or the part of an origin after its scheme (RFC 9110, section 7.2).
///
/// Spellings of the same host are equal: in upper and lower case, with and without the dot that ends a full name, with
/// letters beyond ASCII and in Punycode, and all spellings of an IPv6 address.
struct HostAndPort: Equatable, Sendable {
    enum Host: Hashable, Sendable {
        /// In lower case and ASCII, without a dot at its end.
        case name(String)
        /// The 4 or 16 bytes of an IP address.
        case address([UInt8])
    }

    /// The limits of DNS, in bytes.
    private static let longestName = 253, longestLabel = 63

    let host: Host
    let port: Int?

    /// Returns nil for text that is not a host and perhaps a port, such as one with a user or a path.
    init?(_ text: String) {
        let end: String.Index
        if text.utf8.first == UInt8(ascii: "[") {
            guard let bracket = text.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            end = text.utf8.index(after: bracket)
        } else {
            end = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        }
        guard let host = Self.host(text[..<end]) else { return nil }
        self.host = host
        guard end < text.endIndex else {
            port = nil
            return
        }
        guard let port = Self.port(text.utf8[end...]) else { return nil }
        self.port = port
    }

    /// Whether a text is this name, with a port or without. Allocates nothing.
    static func isPlainly(_ name: String, _ text: String) -> Bool {
        guard text.utf8.starts(with: name.utf8) else { return false }
        let rest = text.utf8.dropFirst(name.utf8.count)
        return rest.isEmpty || port(rest) != nil
    }

    private static func host(_ text: Substring) -> Host? {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let address = address(text.dropFirst().dropLast()), address.count == 16 else { return nil }
            return .address(address)
        }
        guard text.utf8.count <= longestName + 1 else { return nil }
        let ascii = text.utf8.allSatisfy { $0 < 0x80 } ? text.lowercased() : punycode(text)
        guard let ascii else { return nil }
        let name = ascii.utf8.last == UInt8(ascii: ".") ? ascii.dropLast() : ascii[...]
        if let address = address(name) { return .address(address) }
        return isName(name) ? .name(String(name)) : nil
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= longestName
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...longestLabel).contains(label.count)
                    && label.allSatisfy {
                        isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
    }

    /// A name as browsers send it (UTS 46), or nil where it has none.
    private static func punycode(_ name: Substring) -> String? {
        // Signs that end a host would change what is parsed.
        guard !name.utf8.contains(where: { "/?#@\\%".utf8.contains($0) }) else { return nil }
        return URLComponents(string: "http://\(name)")?.encodedHost?.lowercased()
    }

    private static func address(_ text: Substring) -> [UInt8]? {
        // Names end in a letter; anything else is worth a closer look.
        guard let last = text.utf8.last, !isLetter(last) || text.utf8.contains(UInt8(ascii: ":")),
            text.utf8.allSatisfy({ isDigit($0) || isLetter($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
        else { return nil }
        return switch try? SocketAddress(ipAddress: String(text), port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        default: nil
        }
    }

    /// A colon and a number from 0 to 65535.
    private static func port(_ bytes: some Collection<UInt8>) -> Int? {
        let digits = bytes.dropFirst()
        guard bytes.first == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(isDigit) else {
            return nil
        }
        let port = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return port <= 65_535 ? port : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
