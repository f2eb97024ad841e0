import Foundation
import KVModel
import NIOCertificateReloading
import NIOSSL
import SwiftASN1
import X509

/// The PEM files of a certificate and of its private key. The certificate is the first one in its file; its chain may follow.
package struct TLSFiles: Equatable, Sendable {
    private static let longest = 1 << 20

    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    // Other programs write text, other blocks and lines of any length into the files, which swift-certificates refuses. The
    // reloader therefore gets the parts alone, in the form that it reads.

    /// Reads the certificate and its chain as PEM; blocks.
    func chain() throws(KVError) -> [UInt8] {
        let bytes = try read(certificate, "certificate")
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes).flatMap { certificate in
                Array("\(PEMDocument(type: "CERTIFICATE", derBytes: try certificate.toDERBytes()).pemString)\n".utf8)
            }
        } catch {
            throw KVError(.invalidRequest, "The TLS certificate \(certificate) is no PEM file of certificates.")
        }
    }

    /// Reads the private key as PEM; blocks.
    func privateKey() throws(KVError) -> [UInt8] {
        let text = String(decoding: try read(key, "key"), as: UTF8.self)
        // Headers, which encrypted keys have, contain a hyphen.
        guard let block = text.firstMatch(of: /-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----([^-]+)-----END/),
            let bytes = Data(base64Encoded: String(block.2), options: .ignoreUnknownCharacters),
            case let document = PEMDocument(type: String(block.1), derBytes: Array(bytes)),
            (try? Certificate.PrivateKey(pemDocument: document)) != nil
        else {
            throw KVError(
                .invalidRequest,
                "The TLS key \(key) is no PEM file of a private key (RSA, ECDSA or Ed25519) that is not encrypted.")
        }
        return Array(document.pemString.utf8)
    }

    /// Returns the error for users when the files cannot be used. It never contains their contents.
    func error(_ error: any Error) -> KVError {
        switch error {
        case let error as KVError: error
        case let error as TimedCertificateReloader.Error where error == .publicKeyMismatch:
            KVError(.invalidRequest, "The TLS key \(key) is not the one of the certificate \(certificate).")
        default:
            KVError(
                .invalidRequest, "The TLS certificate \(certificate) and the key \(key) cannot be used.",
                cause: "\(error)")
        }
    }

    private func read(_ path: String, _ words: String) throws(KVError) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: Self.longest) else {
            throw KVError(.invalidRequest, "The TLS \(words) \(path) cannot be read.")
        }
        return Array(data)
    }
}
