import Foundation

/// The service manager that started the program: systemd, by the protocol of sd_notify(3).
enum ServiceManager {
    /// Reports that the program serves. Units that wait for it start.
    static func notifyReady() {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] else { return }
        var name = Array(path.utf8)
        // An abstract socket begins with a zero byte, which is written as @.
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
        // systemd reports a lost message: it ends a service that does not become ready.
        _ = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                sendto(descriptor, words, words.count, 0, address.baseAddress, socklen_t(length))
            }
        }
    }
}
