import KVModel
import NIOCore
import Synchronization

/// Which names this server answers to.
///
/// A page on the web can make a browser send requests here under a name of its own that it points at 127.0.0.1 (DNS
/// rebinding). So a request must name this server as one names it on purpose: by an address, as localhost, or by a name
/// that was allowed. Addresses are safe: a page cannot choose them as its own origin.
package final class AllowedHosts: Sendable {
    private static let usual = ["127.0.0.1", "localhost"]

    private let names: Mutex<Set<String>>

    package init(_ names: [String] = []) {
        self.names = Mutex(Self.set(names))
    }

    /// From now on these, in place of those before.
    func replace(by names: [String]) {
        self.names.withLock { $0 = Self.set(names) }
    }

    private static func set(_ names: [String]) -> Set<String> { Set(names.map { $0.lowercased() } + ["localhost"]) }

    private func isNamed(_ host: String) -> Bool { names.withLock { $0.contains(host) } }

    /// Whether this server answers to an authority, a host with or without a port as in the `Host` header.
    ///
    /// Throws `invalid_request` for what is not an authority.
    func contains(_ authority: String) throws(KVError) -> Bool {
        if Self.usual.contains(where: { Authority.isPlainly($0, authority) }) { return true }
        let host = try Authority(authority)
        return isNamed(host.name) || host.isAddress
    }

    /// Whether it is a name that was given to this server, neither an address nor this machine's name for itself.
    func isGivenName(_ authority: String) -> Bool {
        guard let host = try? Authority(authority) else { return false }
        return host.name != "localhost" && isNamed(host.name) && !host.isAddress
    }
}

/// The authority of a request: a host and perhaps a port, without a user (RFC 9110, section 7.2).
struct Authority {
    /// In lowercase, without the brackets of an IPv6 address.
    let name: String
    private let isBracketed: Bool

    init(_ text: String) throws(KVError) {
        var text = text[...]
        let parsed = text.withUTF8 { Self.parse($0) }
        guard let (name, isBracketed) = parsed else {
            throw KVError(
                .invalidRequest, "The Host of the request is invalid: use a name or an address, and perhaps a port.")
        }
        self.name = name
        self.isBracketed = isBracketed
        guard !isBracketed || isAddress else {
            throw KVError(.invalidRequest, "The Host of the request is not an IPv6 address between its brackets.")
        }
    }

    /// Whether an authority is this name, with a port or without; nothing is allocated.
    static func isPlainly(_ name: String, _ authority: String) -> Bool {
        guard authority.utf8.starts(with: name.utf8) else { return false }
        let rest = authority.utf8.dropFirst(name.utf8.count)
        return rest.isEmpty || isPort(rest)
    }

    var isAddress: Bool { (try? SocketAddress(ipAddress: name, port: 0)) != nil }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, isBracketed: Bool)? {
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let end: Int
        var name: Slice<UnsafeBufferPointer<UInt8>>
        if isBracketed {
            guard let closing = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = bytes[1..<closing]
            end = closing + 1
            guard name.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                return nil
            }
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            name = bytes[..<end]
            guard name.allSatisfy(isNameByte) else { return nil }
        }
        guard !name.isEmpty, end == bytes.count || isPort(bytes[end...]) else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), isBracketed)
    }

    /// A colon and a number from 0 to 65535.
    private static func isPort(_ bytes: some Collection<UInt8>) -> Bool {
        let digits = bytes.dropFirst()
        guard bytes.first == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(isDigit) else {
            return false
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 65_535
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}
