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

    /// The value is gathered before it is sent: what is lost on the way can be sent again.
    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        var value: [UInt8] = []
        for try await bytes in body {
            value += bytes
            guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge() }
        }
        let entry = Entry(key: info.key, value: value, metadata: info.metadata, expiration: info.expiration)
        return try await write([entry], in: namespace, when: condition)[0]
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
