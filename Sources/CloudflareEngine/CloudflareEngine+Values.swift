import AsyncHTTPClient
package import KVModel
import NIOCore
import NIOHTTP1

extension CloudflareEngine {
    package func readValue(of key: Key, in namespace: NamespaceID) async throws -> ValueStream {
        async let metadata = metadata(of: key, in: namespace)
        guard let response = try await api.stream(.value(key, in: namespace)) else { throw KVError.noKey(key) }
        var info = KeyInfo(key: key, metadata: try await metadata ?? nil)
        info.size = response.headers.first(name: "content-length").flatMap { Int($0) }
        info.expiration = response.headers.first(name: "expiration").flatMap { Int64($0) }.map {
            Expiration(stored: $0)
        }
        let body = BodyPieces(response.body)
        return ValueStream(
            info: info, first: try await body.next() ?? [], rest: AsyncThrowingStream { try await body.next() })
    }
}

/// The pieces of an answer's body, each read when it is asked for.
///
/// `@unchecked Sendable`: a stream asks for the next piece only when it has the one before.
private final class BodyPieces: @unchecked Sendable {
    private var buffers: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) {
        buffers = body.makeAsyncIterator()
    }

    func next() async throws -> [UInt8]? {
        do {
            return try await buffers.next().map { Array($0.readableBytesView) }
        } catch {
            try Task.checkCancellation()
            throw KVError(
                .storeUnavailable, "The store broke off within the value; read it again.",
                cause: RemoteText.cause(error))
        }
    }
}
