#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The size of a disk and the bytes on it that the process may still write. Blocks.
package struct DiskSpace: Sendable {
    /// `Int.max` where the system reports more than that.
    package let freeBytes: Int
    package let totalBytes: Int

    /// - Parameter path: A file or folder on the disk.
    /// - Returns: Nil where the system does not report it.
    package init?(at path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The same for the disk on which an open file is.
    package init?(ofDiskOf descriptor: Int32) {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: statvfs) {
        let block = UInt64(max(1, status.f_frsize))
        freeBytes = Self.bytes(UInt64(status.f_bavail), of: block)
        totalBytes = Self.bytes(UInt64(status.f_blocks), of: block)
    }

    private static func bytes(_ blocks: UInt64, of size: UInt64) -> Int {
        let (bytes, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? .max : Int(clamping: bytes)
    }
}
