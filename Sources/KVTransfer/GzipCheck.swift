package import KVModel

/// Reads a gzip file to its end and verifies the checksum and the length of each member, in constant memory.
///
/// **Concurrency.** Synchronous, for a thread that may block; one caller at a time.
package struct GzipCheck: ~Copyable, @unchecked Sendable {
    // Not Sendable by itself: a pointer to memory that this value alone owns.
    private let room: UnsafeMutableRawBufferPointer
    private let file: OpenFile
    private var gunzip: Gunzip
    /// The length of the file in bytes.
    package let totalBytes: Int
    package private(set) var expandedBytes = 0

    /// Bytes of the file that one step of the check reads, and bytes that it expands at most.
    package static let stepBytes = 4 << 20
    private static let stepExpandedBytes = 64 << 20
    private static let chunkBytes = 256 << 10

    /// Returns nil for a file that does not begin like gzip.
    package static func open(_ path: String, maximumExpandedBytes: Int) throws(KVError) -> GzipCheck? {
        let file = try OpenFile.open(path)
        guard file.beginsLikeGzip else { return nil }
        let totalBytes = try file.bytes()
        return GzipCheck(
            file, try Gunzip(chunkBytes: chunkBytes, maximumBytes: maximumExpandedBytes), totalBytes: totalBytes)
    }

    private init(_ file: consuming OpenFile, _ gunzip: consuming Gunzip, totalBytes: Int) {
        self.file = file
        self.gunzip = gunzip
        self.totalBytes = totalBytes
        room = .allocate(byteCount: Self.chunkBytes, alignment: 16)
    }

    deinit { room.deallocate() }

    /// Bytes of the file that have been read.
    package var bytesRead: Int { gunzip.bytesRead }

    /// Does one step. Returns false at the end of the file.
    ///
    /// Throws `truncated_file` for a file that is cut off, damaged, or followed by something else than zeros, and
    /// `expands_too_far`.
    package mutating func advance() throws(KVError) -> Bool {
        let (start, expanded) = (bytesRead, expandedBytes)
        repeat {
            guard let count = try gunzip.read(from: file, into: room) else { return false }
            expandedBytes += count
        } while bytesRead - start < Self.stepBytes && expandedBytes - expanded < Self.stepExpandedBytes
        return true
    }
}
