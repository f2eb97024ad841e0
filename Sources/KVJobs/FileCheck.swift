import KVFiles
import KVLedger
import KVModel
import KVTransfer
import Synchronization

/// Verifies the gzip file of an import, step by step, off the cooperative pool.
final class FileCheck: Sendable {
    private let check: Mutex<GzipCheck>

    /// Returns nil for a file that is not gzip.
    static func open(_ path: String, maximumBytes: Int) async throws -> FileCheck? {
        try await Blocking.run {
            guard let check = try GzipCheck.open(path, maximumExpandedBytes: maximumBytes) else { return nil }
            return FileCheck(check)
        }
    }

    private init(_ check: consuming GzipCheck) {
        self.check = Mutex(check)
    }

    var progress: JobProgress.FileCheck {
        check.withLock { JobProgress.FileCheck(bytes: $0.bytesRead, totalBytes: $0.totalBytes) }
    }

    var expandedBytes: Int { check.withLock { $0.expandedBytes } }

    /// Returns false at the end of the file. Throws what is wrong with it.
    func advance() async throws -> Bool {
        do {
            return try await Blocking.run { [self] in
                try check.withLock { try $0.advance() }
            }
        } catch var error as KVError {
            error.detail += " Nothing of it was imported; send the whole file again."
            throw error
        }
    }
}
