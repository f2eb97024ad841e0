package import HTTPTypes
package import NIOCore
import NIOHTTPTypes

/// Answers requests that never reach a route, since their head cannot be understood.
package struct Refusals: Sendable {
    /// Returns the answer to what the parser reported, and counts it.
    private let respond: @Sendable (any Error) -> (head: HTTPResponse, body: ByteBuffer)

    package init(respond: @escaping @Sendable (any Error) -> (head: HTTPResponse, body: ByteBuffer)) {
        self.respond = respond
    }

    func answer(to error: any Error) -> [HTTPResponsePart] {
        var (head, body) = respond(error)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = "\(body.readableBytes)"
        return [.head(head), .body(body), .end(nil)]
    }
}
