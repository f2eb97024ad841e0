import NIOCore
import NIOHTTP1

/// Applies rules of RFC 9112 that the parser leaves to the server; it sits between the parser and the codec.
///
/// - An HTTP/1.0 client gets no chunks, and its connection closes unless it asks to keep it.
/// - A target that is a whole address names the host in place of `Host`; one without a host is refused.
/// - `Connection: close` in any spelling reaches the server in one.
/// - A transfer coding other than `chunked` is refused.
final class MessageRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Tells the other handlers that the connection ends with the answer whose head is being written.
    struct LastAnswer {}

    /// Thrown into the pipeline instead of a request that is not understood.
    enum Refusal: Error {
        case unknownTransferCoding, malformedTransferCoding, targetWithoutHost
    }

    /// A request whose answer needs care.
    private enum Special {
        case closing, oldVersion(keepsAlive: Bool)
        case ordinary
    }

    private var hasRefused = false
    /// Unanswered requests before the first special one.
    private var ordinary = 0
    /// The first special request that is not answered yet, and all after it.
    private var specials: [Special] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if let refusal = Self.refusal(of: head) {
            hasRefused = true
            return context.fireErrorCaught(refusal)
        }
        let host = Self.hostOfTarget(head)
        guard host?.isEmpty != true else {
            hasRefused = true
            return context.fireErrorCaught(Refusal.targetWithoutHost)
        }
        if let host { head.headers.replaceOrAdd(name: "host", value: String(host)) }
        let keepsAlive = head.isKeepAlive
        if keepsAlive, head.isCurrent {
            if specials.isEmpty { ordinary += 1 } else { specials.append(.ordinary) }
            return context.fireChannelRead(host == nil ? data : wrapInboundOut(.head(head)))
        }
        specials.append(head.isCurrent ? .closing : .oldVersion(keepsAlive: keepsAlive))
        // A request to upgrade keeps its tokens; its connection closes anyway unless it becomes a WebSocket.
        if !keepsAlive, !head.headers.contains(name: "upgrade") {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where ordinary == 0 && !specials.isEmpty && head.status.mayEndRequest:
            if adapt(&head, to: specials[0]) { context.fireUserInboundEventTriggered(LastAnswer()) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            if ordinary > 0 { ordinary -= 1 } else if !specials.isEmpty { specials.removeFirst() }
            context.write(data, promise: promise)
        }
    }

    /// Returns whether the connection ends with this answer although the request asked to keep it.
    private func adapt(_ head: inout HTTPResponseHead, to special: Special) -> Bool {
        switch special {
        case .ordinary: return false
        case .closing:
            head.headers.replaceOrAdd(name: "connection", value: "close")
            return false
        case .oldVersion(let keepsAlive):
            head.version = .http1_0
            // Without a length, the end of the connection is the end of the body.
            let canKeep = keepsAlive && head.headers.contains(name: "content-length")
            head.headers.replaceOrAdd(name: "connection", value: canKeep ? "keep-alive" : "close")
            return keepsAlive && !canKeep
        }
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

extension HTTPResponseStatus {
    /// Whether it is neither informational nor the beginning of another protocol.
    fileprivate var mayEndRequest: Bool { code >= 200 }
}

extension HTTPRequestHead {
    fileprivate var isCurrent: Bool { version.major == 1 && version.minor >= 1 }
}
