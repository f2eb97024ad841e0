import Foundation
import NIOCore

/// Who has started the program as a service, and waits to hear of it: systemd, by the protocol of sd_notify(3).
enum ServiceManager {
    /// What waits for the service is let go on.
    static func tellReady() {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"],
            let address = try? SocketAddress(unixDomainSocketPath: path)
        else { return }
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
        _ = address.withSockAddr { sendto(descriptor, words, words.count, 0, $0, socklen_t($1)) }
    }
}
