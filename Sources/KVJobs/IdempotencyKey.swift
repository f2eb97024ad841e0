import Crypto
import Foundation
import KVModel

/// A key under which a client may send a request for a job again, and a digest of the request.
package struct IdempotencyKey: Hashable, Sendable {
    private static let bytesAtOnce = 1 << 20

    let text: String
    /// SHA-256 in hex; nil when requests are compared by their kind and namespace alone.
    let digest: String?

    init(_ text: String) {
        self.text = text
        digest = nil
    }

    /// Blocks while it reads the body.
    ///
    /// - Parameters:
    ///   - request: The method, the path and the query.
    ///   - body: The path of a file with the body; nil when the request takes none.
    package init(_ text: String, of request: String, bodyAt body: String? = nil) throws {
        var hash = SHA256()
        hash.update(data: Data(request.utf8 + [0]))
        if let body {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: body))
            while let bytes = try file.read(upToCount: Self.bytesAtOnce), !bytes.isEmpty { hash.update(data: bytes) }
            try file.close()
        }
        self.text = text
        digest = hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension KVError {
    static func idempotencyKeyReused(_ job: JobID) -> KVError {
        KVError(
            .idempotencyKeyReused,
            "This Idempotency-Key was used for another request, which has created the job \"\(job)\"; use a new key.")
    }
}
