import NIOCore
import NIOSSL

/// Certificates by which servers are trusted besides those that the system trusts.
package struct TrustedCertificates: Sendable {
    let certificates: [NIOSSLCertificate]

    /// Reads a PEM file; blocks. Nil where there is none.
    package init?(file: String) {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else { return nil }
        self.certificates = certificates
    }
}

extension TLSConfiguration {
    static func trusting(_ trusted: TrustedCertificates?) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.shutdownTimeout = .seconds(1)
        if let trusted { configuration.additionalTrustRoots = [.certificates(trusted.certificates)] }
        return configuration
    }
}
