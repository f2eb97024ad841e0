import Hummingbird
import KVFiles
import KVJobs
import KVModel
import KVTransfer
import NIOCore

/// The encoding of a text that is received.
enum TextEncoding: String, CaseIterable {
    /// Or UTF-16: readers recognize it.
    case utf8 = "utf-8"
    case windows1252 = "windows-1252"
}

/// Receives a body into a file, however large it is.
struct Upload {
    /// Bytes that are written at once: more when more has come, so that clients that send little hold little memory.
    private static func pieceBytes(after received: Int) -> Int { min(256 << 10, max(64 << 10, received / 128)) }

    let path: String
    let freeBytes: Int
    /// The most that a body may have.
    let limit: Int
    /// Whether the file may take the part of the disk that data leaves free.
    let usesReserve: Bool
    /// What is not UTF-8 is recoded.
    let encoding: TextEncoding

    init(
        to path: String, freeBytes: Int, limit: Int = .max, usesReserve: Bool = false, encoding: TextEncoding = .utf8
    ) {
        self.usesReserve = usesReserve
        self.encoding = encoding
        self.path = path
        self.freeBytes = freeBytes
        self.limit = limit
    }

    /// Throws `disk_full` before the disk is full, and `body_too_large` at the first byte too many: at once where the request
    /// declares the length of its body. The caller removes the file.
    func receive(_ request: Request) async throws {
        try check(request.headers[.contentLength].flatMap { Int($0) } ?? 0)
        let file = try OutputFile(path: path)
        var pending: [UInt8] = []
        var received = 0
        var isBeginning = true
        for try await buffer in request.body {
            received += buffer.readableBytes
            try check(received)
            let pieceBytes = Self.pieceBytes(after: received)
            if pending.count + buffer.readableBytes > pieceBytes {
                try await write(&pending, isBeginning: &isBeginning, to: file)
            }
            if pending.isEmpty { pending.reserveCapacity(pieceBytes) }
            pending.append(contentsOf: buffer.readableBytesView)
        }
        try await write(&pending, isBeginning: &isBeginning, to: file)
    }

    private func check(_ length: Int) throws(KVError) {
        guard length <= limit else { throw KVError.bodyTooLarge(limit) }
        guard length == 0 || length < freeBytes else {
            throw KVError(.diskFull, "The disk has no room for this file; free some space and send it again.")
        }
    }

    private func write(_ pending: inout [UInt8], isBeginning: inout Bool, to file: OutputFile) async throws {
        guard !pending.isEmpty else { return }
        if encoding == .windows1252, isBeginning { try Windows1252.check(beginning: pending) }
        isBeginning = false
        let bytes = encoding == .windows1252 ? Windows1252.utf8(pending) : pending
        pending = []
        _ = try await Blocking.run { [usesReserve] in
            try file.append(bytes, usesReserve: usesReserve)
        }
    }
}

extension KVError {
    static func bodyTooLarge(_ limit: Int) -> KVError {
        KVError(.bodyTooLarge, "The body has more than the \(limit) bytes that this request takes.")
    }
}
