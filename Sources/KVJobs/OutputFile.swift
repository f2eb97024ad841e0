import CGlibc
import Foundation
import KVFiles
import KVModel
import Synchronization

/// A file that grows at its end.
package final class OutputFile: Sendable {
    private let descriptor: Int32
    private let length: Mutex<Int>

    /// Creates the file, or cuts it back to its first bytes. Throws `disk_full` or `internal_error`, the latter also when
    /// there are not as many.
    package init(path: String, keeping kept: Int = 0) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        length = Mutex(kept)
        guard descriptor >= 0 else { throw KVError(systemError: errno, "create a file of the job") }
        guard lseek(descriptor, 0, SEEK_END) >= kept else {
            throw KVError(.internalError, "The file that the job was writing has lost its end.")
        }
        guard ftruncate(descriptor, off_t(kept)) == 0, lseek(descriptor, 0, SEEK_END) == kept else {
            throw KVError(systemError: errno, "continue a file of the job")
        }
    }

    deinit { close(descriptor) }

    package var bytes: Int { length.withLock { $0 } }

    /// Returns the length of the file with these bytes in it. Throws `disk_full`.
    ///
    /// - Parameter usesReserve: Whether these bytes may take the part of the disk that data leaves free.
    package func append(_ bytes: [UInt8], usesReserve: Bool = false) throws -> Int {
        guard usesReserve || DiskReserve.availableBytes(ofDiskOf: descriptor) >= bytes.count else {
            throw KVError.nearlyFull("a file of the job cannot be written")
        }
        do {
            try bytes.withUnsafeBytes { bytes in try writeAll(bytes, to: descriptor) }
        } catch let failure as SystemFailure {
            throw KVError(systemError: failure.number, "write a file of the job")
        }
        return length.withLock {
            $0 += bytes.count
            return $0
        }
    }

    /// The first bytes will not be read again: their room on the disk is given back, where the file system can.
    func discard(upTo end: Int) { discard_blocks(descriptor, off_t(end)) }

    func synchronize() throws {
        guard fdatasync(descriptor) == 0 else { throw KVError(systemError: errno, "write a file of the job") }
    }
}
