import HTTPTypes
package import Hummingbird
import KVFiles
import NIOCore
import Synchronization

/// Where bodies are kept that are received before they are read, or answered to clients that read slowly.
///
/// Small ones are in memory; larger ones are in memory while the budget has plenty of room; the largest, and all others,
/// are in temporary files.
package final class BodyStorage: Sendable {
    /// Thrown when a body has more bytes than its request accepts.
    package struct TooLarge: Error {
        package let limit: Int
    }

    /// The bytes of a body that are not counted against the budget.
    package static let allowance = 16 << 10
    private static let receivedInMemory = 1 << 20
    private static let answeredFromMemory = 256 << 10
    private static let reservationStep = 64 << 10
    private static let itemsOfShortPage = 100
    /// An item of a list with the largest texts that it may have, before and after it is written as JSON.
    private static let bytesPerItem = 4 << 10
    /// The memory in which a value is copied to a file, piece by piece.
    private static let bytesPerCopy = 1 << 20
    /// More copies at once take longer, and each has pages of its own in SQLite's caches.
    private static let copiesAtOnce = 2
    /// A slow disk copies 100 of the largest values in this time.
    private static let patienceForCopies = Duration.seconds(60)

    package let budget: MemoryBudget
    /// For copies of local values. Values that come over the network use the budget: a slow one must not delay the others.
    private let localCopies: MemoryBudget
    private let newPath: @Sendable () -> String
    private let freeBytes: @Sendable () -> Int

    /// - Parameters:
    ///   - newPath: Returns a path at which a temporary file may be created.
    ///   - freeBytes: Returns the bytes that may be written to temporary files; may block.
    package init(
        budget: MemoryBudget, newPath: @escaping @Sendable () -> String, freeBytes: @escaping @Sendable () -> Int
    ) {
        self.budget = budget
        localCopies = budget.besides(
            bytes: Self.copiesAtOnce * Self.bytesPerCopy, patience: Self.patienceForCopies)
        self.newPath = newPath
        self.freeBytes = freeBytes
    }

    /// Creates an empty temporary file. Throws `SystemFailure`.
    func spool() async throws -> SpoolWriter {
        try await Blocking.run { [newPath, freeBytes] in
            SpoolWriter(to: try SpoolFile(path: newPath()), freeBytes: freeBytes())
        }
    }

    // MARK: Requests

    /// Receives a whole body. Throws ``TooLarge``, before it reads the body when its length is announced.
    package func receive(_ request: Request, upTo limit: Int) async throws -> ReceivedBody {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw TooLarge(limit: limit) }
        var memory = ReceivedMemory(announced: announced)
        var disk = (announced ?? 0) > Self.receivedInMemory ? try await spool() : nil
        var received = 0
        for try await buffer in request.body {
            received += buffer.readableBytes
            guard received <= limit else { throw TooLarge(limit: limit) }
            if disk == nil, !makeRoom(for: received, in: &memory) {
                disk = try await spool()
                try await disk?.append(memory.bytes)
                memory = ReceivedMemory(announced: nil)
            }
            if disk == nil { memory.append(buffer) } else { try await disk?.append(buffer) }
        }
        guard var disk else { return ReceivedBody(memory.bytes, memory.reservations) }
        try await disk.flush()
        let file = disk.file
        return ReceivedBody(try await Blocking.run { try file.map() })
    }

    private func makeRoom(for received: Int, in memory: inout ReceivedMemory) -> Bool {
        guard received > memory.room else { return true }
        guard received <= Self.receivedInMemory else { return false }
        let missing = max(memory.announced ?? 0, received) - memory.room
        let step = (missing + Self.reservationStep - 1) / Self.reservationStep * Self.reservationStep
        guard let reservation = budget.reserveIfHalfIsFree(step) else { return false }
        memory.reservations.append(reservation)
        return true
    }

    private struct ReceivedMemory {
        let announced: Int?
        var bytes = ByteBuffer()
        var reservations: [MemoryReservation] = []

        init(announced: Int?) {
            self.announced = announced
        }

        var room: Int { reservations.reduce(BodyStorage.allowance) { $0 + $1.bytes } }

        mutating func append(_ buffer: ByteBuffer) {
            // Most bodies come in one piece, which is taken as it is.
            if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
        }
    }

    // MARK: Answers

    /// Reserves the memory in which a page of a list is put together; nil for short pages, which are not counted.
    package func reserve(forPageOf items: Int) async throws -> MemoryReservation? {
        items > Self.itemsOfShortPage ? try await budget.reserve(items * Self.bytesPerItem) : nil
    }

    /// Reserves the memory in which a value is copied to a file.
    ///
    /// - Parameter isRemote: Whether the value comes over a network.
    package func reserveForCopy(isRemote: Bool) async throws -> MemoryReservation {
        try await (isRemote ? budget : localCopies).reserve(Self.bytesPerCopy)
    }

    /// Returns the response with its body kept so that it takes little memory while the client does not read.
    ///
    /// A body of known length is one that is in memory; those that are written in pieces have none.
    package func keep(_ response: Response) async throws -> Response {
        guard let count = response.body.contentLength, count > Self.allowance else { return response }
        let bytes = try await CollectedBody.bytes(of: response.body)
        return Response(status: response.status, headers: response.headers, body: ResponseBody(try await keep(bytes)))
    }

    private func keep(_ bytes: ByteBuffer) async throws -> KeptBytes {
        if bytes.readableBytes <= Self.answeredFromMemory,
            let reservation = budget.reserveIfHalfIsFree(bytes.readableBytes)
        {
            return .memory(bytes, [reservation])
        }
        var writer = try await keeping(expected: bytes.readableBytes)
        try await writer.append(bytes)
        return try await writer.finish()
    }

    /// Begins to keep bytes that are produced piece by piece.
    ///
    /// - Parameter expected: The number of bytes, if it is known. They are kept in memory when the disk has no room
    ///   for them.
    package func keeping(expected: Int) async throws -> KeptBytes.Writer {
        do {
            let spool = try await spool()
            return KeptBytes.Writer(spool: spool.hasRoom(for: expected) ? spool : nil, budget: budget)
        } catch is SystemFailure {
            return KeptBytes.Writer(spool: nil, budget: budget)
        }
    }
}

/// Takes a response's body that is in memory.
final class CollectedBody: ResponseBodyWriter, Sendable {
    private let collected = Mutex(ByteBuffer())

    static func bytes(of body: ResponseBody) async throws -> ByteBuffer {
        let writer = CollectedBody()
        try await body.write(writer)
        return writer.collected.withLock { $0 }
    }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { bytes in
            if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
