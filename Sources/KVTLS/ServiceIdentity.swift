import Foundation
import NIOCore
package import NIOSSL

/// The host of an `https` URL, for which the certificate of its server must be issued (RFC 9525).
///
/// swift-nio-ssl also accepts a certificate for the IP address that was connected to, whatever host the URL names. An
/// attacker who controls a name's DNS and has a certificate for an address could therefore impersonate the name. This check is made in
/// addition to the verification by swift-nio-ssl.
package struct ServiceIdentity: Hashable, Sendable {
    private enum Host: Hashable, Sendable {
        /// In lower case, without a dot at its end.
        case name([UInt8])
        /// The 4 or 16 bytes of an IP address.
        case address([UInt8])
    }

    private let host: Host

    /// - Parameter host: A name or an IP address, as in a URL; an IPv6 address may have its brackets.
    package init(host: String) {
        let host = host.trimmingCharacters(in: ["[", "]"])
        self.host = Self.address(host).map { .address($0) } ?? .name(Self.normalized(host.utf8))
    }

    /// Returns whether a certificate is for this host: for a name, only the DNS names of its `subjectAltName` count, and for an
    /// address only the IP addresses.
    package func matches(_ certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains { alternative in
            alternative.contents.withUnsafeBufferPointer { bytes in
                switch (host, alternative.nameType) {
                case (.name(let name), .dnsName): Self.pattern(Self.normalized(bytes), matches: name)
                case (.address(let address), .ipAddress): bytes.elementsEqual(address)
                default: false
                }
            }
        }
    }

    /// A pattern is a name, or a name whose first label is `*`, which stands for one whole label.
    static func pattern(_ pattern: [UInt8], matches name: [UInt8]) -> Bool {
        guard pattern.starts(with: "*.".utf8) else { return !name.isEmpty && pattern == name }
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        return pattern.dropFirst() == name[dot...]
    }

    private static func normalized(_ name: some Collection<UInt8>) -> [UInt8] {
        let bytes = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes
    }

    private static func address(_ text: String) -> [UInt8]? {
        switch try? SocketAddress(ipAddress: text, port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        default: nil
        }
    }
}

/// Thrown when the certificate of a server is not for the host that was asked for.
package struct WrongServiceIdentity: Error, CustomStringConvertible {
    package var description: String { "the certificate is for another name" }
}
