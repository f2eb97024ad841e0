import Foundation
package import KVFiles
import NIOCore

/// A file that is read piece by piece; a temporary one has no name, and is gone when this object is.
///
/// All methods block. Bytes that were appended may be read while others are appended.
package final class SpoolFile: Sendable {
    private let descriptor: Int32

    /// Creates the file. Nothing may exist at `path`.
    init(path: String) throws(SystemFailure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure(number: errno) }
        guard unlink(path) == 0 else {
            defer { close(descriptor) }
            throw SystemFailure(number: errno)
        }
    }

    /// Opens an existing file for reading; it may be removed meanwhile.
    package init(reading path: String) throws(SystemFailure) {
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure(number: errno) }
    }

    deinit { close(descriptor) }

    func append(_ buffer: ByteBuffer) throws(SystemFailure) {
        try buffer.withUnsafeReadableBytes { bytes throws(SystemFailure) in try writeAll(bytes, to: descriptor) }
    }

    /// Reads a part that has been appended.
    func read(_ range: Range<Int>) throws(SystemFailure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        while buffer.readableBytes < range.count {
            let start = range.lowerBound + buffer.readableBytes
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.upperBound - start) { free in
                max(0, pread(descriptor, free.baseAddress, range.upperBound - start, off_t(start)))
            }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemFailure(number: EIO)
            }
        }
        return buffer
    }

    /// Maps what has been appended into memory; nothing may be appended after that.
    func map() throws -> MappedFile { try MappedFile(descriptor: descriptor) }
}
