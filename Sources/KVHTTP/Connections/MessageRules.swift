import NIOCore
import NIOHTTP1

/// Applies rules of RFC 9112 to requests that the parser leaves to the server; it sits between the parser and the codec.
///
/// - A target that is a whole address names the host in place of `Host`; one without a host is refused.
/// - `Connection: close` in any spelling reaches the server in one.
/// - A transfer coding other than `chunked` is refused.
///
/// ``AnswerRules`` joins the pipeline with the first request that asks to close the connection or is of HTTP/1.0.
final class MessageRules: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Thrown into the pipeline instead of a request that is not understood.
    enum Refusal: Error {
        case unknownTransferCoding, malformedTransferCoding, targetWithoutHost
    }

    private var hasRefused = false
    private var answers: AnswerRules?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        do {
            if let refusal = Self.refusal(of: head) { throw refusal }
            let host = Self.hostOfTarget(head)
            if host?.isEmpty == true { throw Refusal.targetWithoutHost }
            if let host { head.headers.replaceOrAdd(name: "host", value: String(host)) }
            let keepsAlive = head.isKeepAlive
            if keepsAlive, head.isCurrent {
                answers?.expect(.ordinary)
                return context.fireChannelRead(host == nil ? data : wrapInboundOut(.head(head)))
            }
            try answers(in: context).expect(head.isCurrent ? .closing : .oldVersion(keepsAlive: keepsAlive))
            // A request to upgrade keeps its tokens; its connection closes anyway unless it becomes a WebSocket.
            if !keepsAlive, !head.headers.contains(name: "upgrade") {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } catch {
            hasRefused = true
            context.fireErrorCaught(error)
        }
    }

    private func answers(in context: ChannelHandlerContext) throws -> AnswerRules {
        if let answers { return answers }
        let pipeline = context.pipeline.syncOperations
        let unanswered = try pipeline.handler(type: ConnectionGuard.self).unanswered
        let answers = AnswerRules(after: unanswered)
        try pipeline.addHandler(answers, position: .after(self))
        self.answers = answers
        return answers
    }

    /// The host of a target that is a whole address, which is the one of the request (RFC 9112, section 3.2.2); nil for any
    /// other target.
    private static func hostOfTarget(_ head: HTTPRequestHead) -> Substring? {
        guard head.uri.utf8.first != UInt8(ascii: "/"), let scheme = head.uri.firstRange(of: "://") else { return nil }
        return head.uri[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }

    private static func refusal(of head: HTTPRequestHead) -> Refusal? {
        guard head.headers.contains(name: "transfer-encoding") else { return nil }
        let codings = head.headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
        if codings == ["chunked"], head.isCurrent { return nil }
        guard codings.last == "chunked", !codings.dropLast().contains("chunked"), head.isCurrent else {
            return .malformedTransferCoding
        }
        return .unknownTransferCoding
    }
}

extension HTTPRequestHead {
    fileprivate var isCurrent: Bool { version.major == 1 && version.minor >= 1 }
}
