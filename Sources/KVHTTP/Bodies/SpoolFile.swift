import Foundation
import NIOCore

/// A file that is read piece by piece; a temporary one has no name, and is gone when this object is.
///
/// All methods block. Bytes that were appended may be read while others are appended.
final class SpoolFile: Sendable {
    /// Thrown when the system refuses to create, write or read the file.
    struct Failure: Error {
        /// The system's error number.
        let number: Int32
    }

    private let descriptor: Int32

    /// Creates the file. Nothing may exist at `path`.
    init(path: String) throws(Failure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        guard unlink(path) == 0 else {
            defer { close(descriptor) }
            throw Failure(number: errno)
        }
    }

    /// Opens an existing file for reading; it may be removed meanwhile.
    init(reading path: String) throws(Failure) {
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(number: errno) }
    }

    deinit { close(descriptor) }

    func append(_ buffer: ByteBuffer) throws(Failure) {
        try buffer.withUnsafeReadableBytes { bytes throws(Failure) in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw Failure(number: errno) }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Reads a part that has been appended.
    func read(_ range: Range<Int>) throws(Failure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        while buffer.readableBytes < range.count {
            let start = range.lowerBound + buffer.readableBytes
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.upperBound - start) { free in
                max(0, pread(descriptor, free.baseAddress, range.upperBound - start, off_t(start)))
            }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw Failure(number: EIO)
            }
        }
        return buffer
    }

    /// Maps what has been appended into memory; nothing may be appended after that.
    func map() throws -> MappedFile { try MappedFile(descriptor: descriptor) }
}
