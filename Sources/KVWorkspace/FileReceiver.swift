import KVJobs

/// Receives a file that a caller sends.
///
/// - Parameters:
///   - path: Where the file is to be created. The workspace removes it.
///   - freeBytes: The bytes that the disk has room for.
package typealias FileReceiver = (_ path: String, _ freeBytes: Int) async throws -> Void

extension Workspace {
    /// Calls `body` with the path of a received file, and then removes the file unless it was moved.
    func receiving<Result>(
        by receive: FileReceiver, _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        let files = resources.files
        let path = files.temporary()
        defer { files.discard(path) }
        try await receive(path, files.freeBytes())
        return try await body(path)
    }
}
