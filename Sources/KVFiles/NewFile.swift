package import Foundation
import KVModel

/// A file that did not exist before, and is on the disk when it is finished. Blocks.
package final class NewFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Throws `disk_full` or `store_unavailable`, also where something exists at the path.
    ///
    /// - Parameter mode: The file's permissions, whatever the process' mask is; nil: those that the mask gives a new file.
    package init(_ path: String, mode: mode_t? = 0o600) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode == nil ? 0o666 : 0o600)
        guard descriptor >= 0, mode.map({ fchmod(descriptor, $0) == 0 }) ?? true else {
            throw KVError(systemError: errno, "create \(path)", code: .storeUnavailable)
        }
    }

    deinit { close(descriptor) }

    package func append(_ bytes: some ContiguousBytes) throws {
        do {
            try bytes.withUnsafeBytes { bytes in try writeAll(bytes, to: descriptor) }
        } catch let failure as SystemFailure {
            throw KVError(systemError: failure.number, "write \(path)", code: .storeUnavailable)
        }
    }

    /// Returns when the bytes are on the disk. The file's name lasts once its folder is synchronized as well.
    package func finish() throws {
        guard fsync(descriptor) == 0 else {
            throw KVError(systemError: errno, "write \(path) to the disk", code: .storeUnavailable)
        }
    }
}
