import HTTPTypes
package import Hummingbird
import KVFiles
import NIOCore

/// Compresses lists and other answers of JSON or text for clients that accept gzip.
///
/// Left as they are: answers that are streamed, and those with an ETag, which is of their plain bytes.
package struct Compression: Sendable {
    /// Smaller answers fit into one packet as they are.
    package static let leastBytes = 1 << 10
    /// Bytes of which the compression would hold up the other connections of an event loop.
    private static let muchWork = 64 << 10

    private let budget: MemoryBudget
    private let gzip: @Sendable ([UInt8]) throws -> [UInt8]

    /// - Parameter gzip: Returns the bytes as a gzip file.
    package init(budget: MemoryBudget, gzip: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.budget = budget
        self.gzip = gzip
    }

    package func compress(_ response: Response, for request: Request) async throws -> Response {
        guard let count = response.body.contentLength, count >= Self.leastBytes, Self.isPlainText(response) else {
            return response
        }
        var response = response
        response.headers[.vary] = "Accept-Encoding"
        guard AcceptedCodings(request).contains("gzip") else { return response }
        let reservation = count > Self.muchWork ? budget.reserveIfHalfIsFree(count) : nil
        defer { withExtendedLifetime(reservation) {} }
        guard count <= Self.muchWork || reservation != nil else { return response }
        let plain = try await CollectedBody.bytes(of: response.body)
        let compressed = try await Blocking.run(if: count > Self.muchWork) { [gzip] in try gzip(Array(buffer: plain)) }
        response.headers[.contentEncoding] = "gzip"
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
        return response
    }

    private static func isPlainText(_ response: Response) -> Bool {
        guard let type = response.headers[.contentType], response.headers[.eTag] == nil else { return false }
        return (type.hasPrefix("application/json") || type.hasPrefix("text/plain"))
            && response.headers[.contentEncoding] == nil
    }
}
