import HTTPTypes
import Hummingbird
import KVFiles
import KVHTTP
import KVJobs
import KVModel

extension MappedFile {
    /// Receives a request's body on the disk, however slowly it comes, and has it there to be read: memory holds no more of it
    /// than is being read.
    ///
    /// - Parameter usesReserve: Whether the body may take the part of the disk that data leaves free.
    static func receive(
        _ request: Request, limit: Int, files: JobFiles, usesReserve: Bool = false
    ) async throws -> MappedFile {
        let path = files.temporary()
        defer { files.discard(path) }
        let room = files.freeBytes(usesReserve: usesReserve)
        try await Upload(to: path, freeBytes: room, limit: limit, usesReserve: usesReserve).receive(request)
        return try await Blocking.run { try MappedFile(path: path) }
    }

    /// Reads on a thread that may block.
    func readAside<Result: Sendable>(
        _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) throws -> Result
    ) async throws -> Result {
        try await Blocking.run { try self.read(body) }
    }
}
