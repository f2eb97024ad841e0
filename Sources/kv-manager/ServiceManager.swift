import Foundation

/// Who has started the program as a service, and waits to hear of it: systemd, by the protocol of sd_notify(3).
enum ServiceManager {
    /// What waits for the service is let go on.
    static func tellReady() {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] else { return }
        var name = Array(path.utf8)
        // One without a file begins with a zero, for which @ stands.
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path) + name.count
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let words = Array("READY=1".utf8)
        // Where it is not heard, systemd says so: it ends a service that does not become ready.
        _ = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                sendto(descriptor, words, words.count, 0, address.baseAddress, socklen_t(length))
            }
        }
    }
}
