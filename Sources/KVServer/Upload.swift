import Hummingbird
import KVJobs
import KVModel
import NIOCore
import NIOPosix

/// Receives a body into a file, however large it is.
struct Upload {
    private static let writeAtOnce = 256 << 10

    let path: String
    let freeBytes: Int
    /// The most that a body may have.
    let limit: Int
    /// Whether the file may take the part of the disk that data leaves free.
    let usesReserve: Bool

    init(to path: String, freeBytes: Int, limit: Int = .max, usesReserve: Bool = false) {
        self.usesReserve = usesReserve
        self.path = path
        self.freeBytes = freeBytes
        self.limit = limit
    }

    /// Throws `disk_full` before the disk is, and `body_too_large` at the first byte too many; the file is the caller's
    /// to remove.
    func receive(_ body: RequestBody) async throws {
        let file = try OutputFile(path: path)
        var pending: [UInt8] = []
        var received = 0
        for try await buffer in body {
            received += buffer.readableBytes
            guard received <= limit else { throw KVError.bodyTooLarge(limit) }
            guard received < freeBytes else {
                throw KVError(.diskFull, "The disk has no room for this file; free some space and send it again.")
            }
            if pending.count + buffer.readableBytes > Self.writeAtOnce { try await write(&pending, to: file) }
            if pending.isEmpty { pending.reserveCapacity(Self.writeAtOnce) }
            pending.append(contentsOf: buffer.readableBytesView)
        }
        try await write(&pending, to: file)
    }

    private func write(_ pending: inout [UInt8], to file: OutputFile) async throws {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending = []
        _ = try await NIOThreadPool.singleton.runIfActive { [usesReserve] in
            try file.append(bytes, usesReserve: usesReserve)
        }
    }
}

extension KVError {
    static func bodyTooLarge(_ limit: Int) -> KVError {
        KVError(.bodyTooLarge, "The body has more than the \(limit) bytes that this request takes.")
    }
}
