import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Keeps a connection from costing more than its requests are worth.
///
/// - A client that waits for leave to send its body (`Expect: 100-continue`) gets it, unless the answer is out at once.
/// - When an answer is out before the request's body is in, the rest of the body is read and dropped within bounds, so
///   that a client that writes before it reads gets the answer.
/// - A connection that ends with an answer is closed for writing first, and as a whole when the client has closed it.
/// - A client that takes nothing of its answer is cut off after a time, and one that sends its body too slowly gets 408.
/// - What the parser refuses is answered.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Phase {
        case serving
        /// The body of the answered request is read and dropped; requests follow.
        case draining
        /// The answer to come is the last one.
        case ending
        /// Everything that still arrives is dropped until the client closes.
        case lingering
        case upgraded
    }

    private let timing: ConnectionTiming
    private let census: ConnectionCensus
    private let refusals: Refusals

    private var phase = Phase.serving
    /// Requests that have begun and whose answer has not ended.
    private(set) var unanswered = 0
    private var isReceiving = false
    private var isFirst = true
    private var refused: (any Error)?
    private var dropped = 0
    private var body: BodyWatch?
    private var stalled: Scheduled<Void>?
    private var leave: Scheduled<Void>?
    private var deadline: Scheduled<Void>?
    /// Whether the server waits for bytes of the client.
    private var isReading = false
    /// Whether the connection is to be closed as a whole, now.
    private var isOver = false
    private var hasDeparted = false
    private var departure: AsyncStream<Never>.Continuation?

    init(timing: ConnectionTiming, census: ConnectionCensus, refusals: Refusals) {
        self.timing = timing
        self.census = census
        self.refusals = refusals
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if let time = timing.firstRequest { end(context, in: time) }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (phase, unwrapInboundIn(data)) {
        case (.upgraded, _): context.fireChannelRead(data)
        case (.lingering, let part): drop(part, context)
        case (.draining, .end):
            endBody(context)
            phase = .serving
            deadline?.cancel()
            context.fireChannelRead(data)
        case (.draining, let part): drop(part, context)
        case (_, .head(let request)):
            begin(request, context)
            context.fireChannelRead(data)
        case (_, .body(let bytes)):
            leave?.cancel()
            body?.received += bytes.readableBytes
            context.fireChannelRead(data)
        case (_, .end):
            leave?.cancel()
            endBody(context)
            context.fireChannelRead(data)
        }
    }

    private func begin(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        unanswered += 1
        isReceiving = true
        dropped = 0
        if isFirst {
            isFirst = false
            deadline?.cancel()
            census.hasAsked(context.channel)
        }
        if request.headerFields[.expect]?.lowercased() == "100-continue" { giveLeave(context) }
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if isReceiving, body == nil, phase == .serving { watchBody(context) }
        context.fireChannelReadComplete()
        // The server does not ask for what is dropped.
        if phase == .draining || phase == .lingering { context.read() }
    }

    private func drop(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        guard case .body(let bytes) = part else { return }
        drop(bytes.readableBytes, context)
    }

    private func drop(_ bytes: Int, _ context: ChannelHandlerContext) {
        dropped += bytes
        if dropped > timing.drainedBytes { context.close(promise: nil) }
    }

    private func giveLeave(_ context: ChannelHandlerContext) {
        leave = context.eventLoop.assumeIsolated().scheduleTask(in: timing.refusal) { [self] in
            let head = HTTPResponsePart.head(HTTPResponse(status: .continue))
            context.writeAndFlush(wrapOutboundOut(head), promise: nil)
        }
    }

    // MARK: Bodies that take longer

    /// A body that was not in at once.
    private struct BodyWatch {
        var received = 0
        var check: Scheduled<Void>?
    }

    private func watchBody(_ context: ChannelHandlerContext) {
        guard census.beginBody(of: context.channel) else { return fail(.tooManyBodies, context) }
        body = BodyWatch()
        scheduleCheck(context)
    }

    private func scheduleCheck(_ context: ChannelHandlerContext) {
        body?.check = context.eventLoop.assumeIsolated().scheduleTask(in: timing.bodyWindow) { [self] in
            checkBody(context)
        }
    }

    private func checkBody(_ context: ChannelHandlerContext) {
        guard phase == .serving, let received = body?.received else { return }
        // Where the server itself did not read, the client is not to blame.
        guard received >= timing.leastBodyBytes || !isReading else { return fail(.bodyTooSlow, context) }
        body?.received = 0
        scheduleCheck(context)
    }

    private func endBody(_ context: ChannelHandlerContext) {
        isReceiving = false
        guard let ended = body else { return }
        ended.check?.cancel()
        body = nil
        census.endBody(of: context.channel)
    }

    // MARK: Faults

    /// Has the request's body throw; its answer is the last one.
    private func fail(_ fault: ConnectionFault, _ context: ChannelHandlerContext) {
        phase = .ending
        context.fireErrorCaught(fault)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case _ where phase == .upgraded, is IOError, is ChannelError, is NIOSSLError, is BoringSSLError,
            HTTPParserError.invalidEOFState:
            context.fireErrorCaught(error)
        case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes): drop(bytes.readableBytes, context)
        case _ where phase == .lingering: break
        case _ where isReceiving && phase == .serving: fail(.malformedBody, context)
        case _ where phase == .draining: linger(context)
        default:
            refused = refused ?? error
            if unanswered == 0 { refuse(error, context) }
        }
    }

    private func refuse(_ error: any Error, _ context: ChannelHandlerContext) {
        guard phase == .serving || phase == .ending else { return }
        phase = .ending
        for part in refusals.answer(to: error) { context.write(wrapOutboundOut(part), promise: nil) }
        context.flush()
        linger(context)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            phase = .upgraded
            endBody(context)
            context.write(data, promise: promise)
        case .head(var head) where phase == .ending && unanswered == 1 && head.status.kind != .informational:
            head.headerFields[.connection] = "close"
            leave?.cancel()
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head:
            leave?.cancel()
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if phase != .upgraded { hasAnswered(context) }
        }
    }

    private func hasAnswered(_ context: ChannelHandlerContext) {
        unanswered -= 1
        guard unanswered == 0 else { return }
        switch phase {
        case .ending:
            context.flush()
            linger(context)
        case .serving where refused != nil:
            if let refused { refuse(refused, context) }
        case .serving where isReceiving:
            phase = .draining
            body?.check?.cancel()
            end(context, in: timing.drain)
            context.read()
        default: break
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, phase) {
        case (.output, .serving), (.output, .draining), (.output, .ending): linger(context, promise)
        case (.output, .lingering): promise?.succeed()
        // The server is done with the connection; its client may not have the answer yet.
        case (.all, .lingering) where !isOver: promise?.succeed()
        default: context.close(mode: mode, promise: promise)
        }
    }

    /// Closes for writing, and reads and drops what the client still sends, so that its system does not discard the answer.
    private func linger(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
        phase = .lingering
        body?.check?.cancel()
        deadline?.cancel()
        let closed = promise ?? context.eventLoop.makePromise()
        closed.futureResult.assumeIsolated().whenComplete { [self] _ in
            if hasDeparted { end(context) } else { end(context, in: timing.drain) }
        }
        context.close(mode: .output, promise: closed)
        context.read()
    }

    private func end(_ context: ChannelHandlerContext, in time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in end(context) }
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
        if !context.channel.isWritable {
            stalled = context.eventLoop.assumeIsolated().scheduleTask(in: timing.answer) { [self] in end(context) }
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Departure

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is AnswerRules.LastAnswer, phase == .serving { phase = .ending }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            announceDeparture()
            if phase == .draining { end(context) }
            // What is still to be sent is sent first.
            if phase == .lingering, deadline != nil { end(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        announceDeparture()
        endBody(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        announceDeparture()
        stalled?.cancel()
        leave?.cancel()
        deadline?.cancel()
        body?.check?.cancel()
    }

    private func announceDeparture() {
        hasDeparted = true
        departure?.finish()
        departure = nil
    }

    /// A stream that ends when the client has closed its side of the connection. Each call ends the former stream.
    fileprivate func awaitDeparture() -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        departure?.finish()
        departure = continuation
        if hasDeparted { announceDeparture() }
        return stream
    }
}

extension ConnectionContext {
    /// Waits on behalf of the client, and cancels the wait when the client has closed the connection.
    ///
    /// Throws `ChannelError.inputClosed` then.
    package func whileConnected<Result: Sendable>(
        _ wait: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let channel = channel
        let departure = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).awaitDeparture()
        }.get()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await wait() }
            group.addTask {
                for await _ in departure {}
                return nil
            }
            guard let result = try await group.next() ?? nil else { throw ChannelError.inputClosed }
            return result
        }
    }
}
