import Foundation
package import KVModel

/// A file's bytes in memory, as far as they are being read.
///
/// The file may be removed meanwhile, and must not be changed.
package final class MappedFile: @unchecked Sendable {
    // Not Sendable by itself: a pointer to memory that is only read, and is there as long as this object.
    private let bytes: UnsafeBufferPointer<UInt8>

    /// Throws `internal_error` when the system refuses to open or map the file.
    package convenience init(path: String) throws(KVError) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw KVError(systemError: errno, "open a received file") }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor)
    }

    /// Maps an open file. The descriptor stays the caller's.
    init(descriptor: Int32) throws(KVError) {
        let count = Int(lseek(descriptor, 0, SEEK_END))
        guard count > 0 else {
            bytes = UnsafeBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw KVError(systemError: errno, "read a received file")
        }
        bytes = UnsafeBufferPointer(start: start.bindMemory(to: UInt8.self, capacity: count), count: count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }

    package var count: Int { bytes.count }

    /// The bytes are there until `body` returns.
    package func read<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    private func release(upTo end: Int) {
        guard let start = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        madvise(UnsafeMutableRawPointer(mutating: start), min(end, bytes.count) / page * page, MADV_DONTNEED)
    }

    /// One way through the file, forward: what lies behind is given back to the system whenever it has become much, and
    /// the rest at the end. What is read again is fetched again.
    package struct Passage: ~Copyable {
        private static let releaseBytes = 2 << 20

        private let file: MappedFile
        private var released = 0

        package init(_ file: MappedFile) {
            self.file = file
        }

        deinit { file.release(upTo: file.count) }

        package mutating func passed(_ position: Int) {
            guard position - released > Self.releaseBytes else { return }
            file.release(upTo: position)
            released = position
        }
    }
}
