import Foundation
import KVFiles
import NIOCore

/// Appends bytes to a spool file off the event loops, in pieces of a moderate size.
struct SpoolWriter {
    private static let pieceBytes = 64 << 10

    let file: SpoolFile
    private(set) var count = 0
    private let freeBytes: Int
    private var pending = ByteBuffer()

    /// - Parameter freeBytes: The bytes that may be written.
    init(to file: SpoolFile, freeBytes: Int) {
        self.file = file
        self.freeBytes = freeBytes
    }

    func hasRoom(for bytes: Int) -> Bool { count + bytes < freeBytes }

    /// Throws `SystemFailure`, with `ENOSPC` before the disk is full.
    mutating func append(_ buffer: ByteBuffer) async throws {
        count += buffer.readableBytes
        guard count < freeBytes else { throw SystemFailure(number: ENOSPC) }
        if pending.readableBytes + buffer.readableBytes < Self.pieceBytes {
            pending.writeImmutableBuffer(buffer)
        } else {
            try await flush()
            if buffer.readableBytes < Self.pieceBytes {
                pending.writeImmutableBuffer(buffer)
            } else {
                try await Self.write(buffer, to: file)
            }
        }
    }

    mutating func flush() async throws {
        guard pending.readableBytes > 0 else { return }
        let bytes = pending
        pending = ByteBuffer()
        try await Self.write(bytes, to: file)
    }

    private static func write(_ bytes: ByteBuffer, to file: SpoolFile) async throws {
        try await Blocking.run { try file.append(bytes) }
    }
}
