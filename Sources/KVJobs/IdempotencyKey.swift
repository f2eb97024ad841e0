import Crypto
import Foundation
package import KVLedger

extension IdempotencyKey {
    private static let bytesAtOnce = 1 << 20

    /// - Parameters:
    ///   - request: The method, the path and the query.
    ///   - body: Empty when the request takes none.
    package init(_ text: String, of request: String, body: UnsafeRawBufferPointer = .init(start: nil, count: 0)) {
        var hash = Self.hash(request)
        hash.update(bufferPointer: body)
        self.init(text, hash)
    }

    /// Blocks while it reads the body from a file.
    package init(_ text: String, of request: String, bodyAt path: String) throws {
        var hash = Self.hash(request)
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        while let bytes = try file.read(upToCount: Self.bytesAtOnce), !bytes.isEmpty { hash.update(data: bytes) }
        try file.close()
        self.init(text, hash)
    }

    private init(_ text: String, _ hash: SHA256) {
        self.init(
            text, digest: hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }

    private static func hash(_ request: String) -> SHA256 {
        var hash = SHA256()
        hash.update(data: Data(request.utf8 + [0]))
        return hash
    }
}
