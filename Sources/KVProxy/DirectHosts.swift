import Foundation
import KVModel
import NIOCore

/// The hosts of `NO_PROXY`, which are connected to directly.
///
/// As in curl, an entry matches a host of that name and its subdomains, with or without a dot at its beginning; an IP address
/// matches itself, and with a prefix length (`10.0.0.0/8`) all addresses of the network; `*` alone matches every host. As in
/// Go, an entry may begin with `*.`, and end with a port.
struct DirectHosts {
    fileprivate struct Entry {
        enum Hosts {
            case all
            /// Labels in lower case, without dots at either end.
            case domain(String)
            case network([UInt8], bits: Int)
        }

        var hosts: Hosts
        /// Nil: every port.
        var port: Int?
    }

    private var entries: [Entry] = []

    /// - Parameters:
    ///   - list: Entries that are separated by commas or spaces.
    ///   - variable: For errors.
    init(_ list: String, variable: String) throws(KVError) {
        for text in list.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard let entry = Entry(String(text)) else {
                throw KVError(
                    .invalidRequest,
                    "\(variable): Invalid entry \(quoting: String(text)): use a host name, an IP address, or a network such as "
                        + "10.0.0.0/8 or fd00::/8.")
            }
            entries.append(entry)
        }
    }

    func contain(_ host: String, port: Int) -> Bool {
        let name = Self.normalized(host)
        let address = Self.address(name)
        return entries.contains { entry in
            guard entry.port == nil || entry.port == port else { return false }
            switch (entry.hosts, address) {
            case (.all, _): return true
            case (.network(let network, let bits), let address?): return address.begins(with: network, bits: bits)
            case (.domain(let domain), nil): return name == domain || name.hasSuffix(".\(domain)")
            default: return false
            }
        }
    }

    /// A proxy on another machine could not reach this one by such a name.
    static func isThisMachine(_ host: String) -> Bool {
        let name = normalized(host)
        if let address = address(name) { return address[0] == 127 && address.count == 4 || address == loopback }
        return name == "localhost" || name.hasSuffix(".localhost")
    }

    private static let loopback: [UInt8] = Array(repeating: 0, count: 15) + [1]

    fileprivate static func normalized(_ host: String) -> String {
        host.lowercased().trimmingCharacters(in: ["[", "]", "."])
    }

    /// The 4 or 16 bytes of an IP address.
    fileprivate static func address(_ text: String) -> [UInt8]? {
        switch try? SocketAddress(ipAddress: text, port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        default: nil
        }
    }
}

extension DirectHosts.Entry {
    init?(_ text: String) {
        if text == "*" {
            hosts = .all
            return
        }
        var text = text
        // More than one colon without brackets is an IPv6 address.
        if let colon = text.lastIndex(of: ":"), text.hasPrefix("[") || text.firstIndex(of: ":") == colon,
            !text[colon...].contains("]")
        {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            text = String(text[..<colon])
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let name = DirectHosts.normalized(String(parts.first?.trimmingPrefix("*.") ?? ""))
        if let address = DirectHosts.address(name) {
            let bits = parts.count == 1 ? address.count * 8 : Int(parts[1])
            guard let bits, (0...address.count * 8).contains(bits) else { return nil }
            hosts = .network(address, bits: bits)
        } else {
            guard parts.count == 1, !name.isEmpty else { return nil }
            hosts = .domain(name)
        }
    }
}

extension [UInt8] {
    fileprivate func begins(with network: [UInt8], bits: Int) -> Bool {
        guard count == network.count else { return false }
        return indices.allSatisfy { index in
            let left = Swift.min(8, Swift.max(0, bits - index * 8))
            return left == 0 || (self[index] ^ network[index]) >> UInt8(8 - left) == 0
        }
    }
}
