import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypesHTTP1

/// Bytes that the system keeps for a client beyond those that are on their way to it.
private let unsentBytes = 128 << 10

/// Bytes that are read at once. Each connection keeps a buffer or two of this size; NIO's usual size is 64 KiB.
private let receivedBytes = 32 << 10

/// Bytes of an answer that wait to be sent before its writer waits as well. With the usual 64 KiB, a client that does not read
/// holds one piece more.
private let waitingBytes = ChannelOptions.Types.WriteBufferWaterMark(
    low: ResponseBody.pieceBytes / 2, high: ResponseBody.pieceBytes)

/// Handles each connection on the thread of its event loop.
///
/// A request is then read, answered and written without being handed to another thread and back, which costs a small
/// request more than all the rest. What takes longer (the writing connection of a store, files) has threads of its own,
/// so that the loop never waits for it.
struct PinnedConnections<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let census: ConnectionCensus

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        guard census.admit(channel) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        #if os(Linux)
            // Without it the system keeps up to 4 MB for each client that does not read.
            let limited = channel.setOption(.tcpOption(.init(rawValue: 25)), value: unsentBytes)
        #else
            let limited = channel.eventLoop.makeSucceededVoidFuture()
        #endif
        let buffers = AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: receivedBytes)
        return limited.flatMap {
            channel.setOption(.recvAllocator, value: buffers)
        }.flatMap {
            channel.setOption(.writeBufferWaterMark, value: waitingBytes)
        }.flatMap { base.setup(channel: channel, logger: logger) }.flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(MessageRules(), position: .before(codec))
            return value
        }
    }

    @concurrent func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

private final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
