import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers requests that never reach a route, since their head cannot be understood.
struct Refusals: Sendable {
    /// Returns the answer to what the parser reported, and counts it.
    let respond: @Sendable (any Error) -> (head: HTTPResponse, body: ByteBuffer)

    func answer(to error: any Error) -> [HTTPResponsePart] {
        var (head, body) = respond(error)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = "\(body.readableBytes)"
        return [.head(head), .body(body), .end(nil)]
    }
}
