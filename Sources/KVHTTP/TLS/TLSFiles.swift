import Foundation
package import KVModel
import NIOCore
package import NIOSSL

/// The files of a certificate and its private key, PEM both. The certificate's own comes first in its file; the chain that
/// leads to its issuer may follow.
package struct TLSFiles: Equatable, Sendable {
    /// How long the peer's word is waited for when a connection is closed.
    private static let patience = TimeAmount.seconds(2)
    private static let longest = 1 << 20

    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// What tells one state of the files from another, without reading them.
    struct Stamp: Equatable, Sendable {
        private let files: [[Int]]

        /// Where there is no such file, that is a state as well.
        init(of files: TLSFiles) {
            self.files = [files.certificate, files.key].map { path in
                var status = stat()
                guard stat(path, &status) == 0 else { return [] }
                let time = status.modified
                return [Int(status.st_ino), Int(status.st_size), time.tv_sec, time.tv_nsec]
            }
        }
    }

    /// Reads the files; blocks. Throws what is wrong with them, and never what they hold.
    package func context() throws(KVError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(try Self.bytes(of: certificate, "certificate"))
        } catch let error as KVError {
            throw error
        } catch {
            throw KVError(.invalidRequest, "The TLS certificate \(certificate) is no PEM file of certificates.")
        }
        let secret: NIOSSLPrivateKey
        do {
            secret = try NIOSSLPrivateKey(bytes: try Self.bytes(of: key, "key"), format: .pem)
        } catch let error as KVError {
            throw error
        } catch {
            throw KVError(
                .invalidRequest, "The TLS key \(key) is no PEM file of a private key that is not encrypted.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = Self.patience
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw KVError(
                .invalidRequest, "The TLS key \(key) is not the one of the certificate \(certificate).",
                cause: "\(error)")
        }
    }

    private static func bytes(of path: String, _ words: String) throws(KVError) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: longest) else {
            throw KVError(.invalidRequest, "The TLS \(words) \(path) cannot be read.")
        }
        return Array(data)
    }
}

extension stat {
    fileprivate var modified: timespec {
        #if canImport(Darwin)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
