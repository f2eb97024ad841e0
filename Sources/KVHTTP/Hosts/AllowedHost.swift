import Foundation
package import KVModel

/// A host that a server was told to answer to: a name, or every name below one (`*.example.com`).
package struct AllowedHost: Hashable, Sendable {
    /// In lower case and ASCII; nil for an IP address, since every server answers to addresses.
    let name: String?
    /// Whether it stands for the names below it, and not for the name itself.
    let isWildcard: Bool

    /// - Parameter text: A host. A scheme, a port and a slash at the end, as in the address of a page, are ignored.
    package init(_ text: String) throws(KVError) {
        var rest = text.trimmingCharacters(in: .whitespacesAndNewlines)
        for scheme in Origin.Scheme.allCases where rest.lowercased().hasPrefix("\(scheme.rawValue)://") {
            rest.removeFirst(scheme.rawValue.count + 3)
            break
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else {
            throw Self.invalid(text, "use the host alone; a path is set by --base-path.")
        }
        guard !rest.contains(where: \.isWhitespace) else { throw Self.invalid(text, "separate names with commas.") }
        isWildcard = rest.hasPrefix("*.")
        if isWildcard { rest.removeFirst(2) }
        // No port can follow an IPv6 address without brackets.
        let host = (HostAndPort(rest) ?? HostAndPort("[\(rest)]"))?.host
        name = if case .name(let name) = host { name } else { nil }
        guard !rest.contains("*"), !isWildcard || name?.contains(".") == true else {
            throw Self.invalid(text, "use * only for the first parts of a name, as in *.example.com.")
        }
        guard host != nil else {
            throw Self.invalid(text, "use a name such as kv.example.com, or *.example.com for all names below it.")
        }
    }

    /// Reads a comma-separated list; empty parts are passed over.
    package static func list(_ text: String) throws(KVError) -> [AllowedHost] {
        var hosts: [AllowedHost] = []
        for part in text.split(separator: ",") where !part.allSatisfy(\.isWhitespace) {
            hosts.append(try AllowedHost(String(part)))
        }
        return hosts
    }

    private static func invalid(_ text: String, _ advice: String) -> KVError {
        KVError(.invalidRequest, "Invalid allowed host \(quoting: text): \(advice)")
    }
}
