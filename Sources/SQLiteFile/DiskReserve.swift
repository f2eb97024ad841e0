package import KVModel

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The part of a disk that data leaves free, so that on a nearly full disk the state of jobs can still be stored and what
/// takes room can still be deleted: 256 MiB, or a tenth of a smaller disk.
package struct DiskReserve: Sendable {
    private static let maximumBytes: UInt64 = 256 << 20

    private let path: String

    /// - Parameter path: a file or folder on the disk.
    package init(at path: String) {
        self.path = path
    }

    /// Bytes that may be written before the reserve is used; `Int.max` where the system does not say.
    package var availableBytes: Int { availableBytes(leaving: 1) }

    /// Bytes that what must be written on a nearly full disk may take: up to half of the reserve.
    package var availableBytesWithReserve: Int { availableBytes(leaving: 2) }

    private func availableBytes(leaving part: UInt64) -> Int {
        var status = statvfs()
        return statvfs(path, &status) == 0 ? Self.availableBytes(status, leaving: part) : .max
    }

    /// The same for the disk on which an open file is.
    package static func availableBytes(ofDiskOf descriptor: Int32) -> Int {
        var status = statvfs()
        return fstatvfs(descriptor, &status) == 0 ? availableBytes(status) : .max
    }

    /// Throws `disk_full` when no more data may be written.
    ///
    /// - Parameter consequence: Follows "The disk is nearly full, so"
    package func requireRoom(_ consequence: String = "this was not written") throws(KVError) {
        guard availableBytes > 0 else { throw .nearlyFull(consequence) }
    }

    /// - Parameter part: 1 for the whole reserve, 2 for half of it.
    private static func availableBytes(_ status: statvfs, leaving part: UInt64 = 1) -> Int {
        let block = UInt64(max(1, status.f_frsize))
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: block)
        let total = UInt64(status.f_blocks).multipliedReportingOverflow(by: block)
        let reserve = (total.overflow ? maximumBytes : min(maximumBytes, total.partialValue / 10)) / part
        guard !free.overflow else { return .max }
        return free.partialValue > reserve ? Int(clamping: free.partialValue - reserve) : 0
    }
}

extension KVError {
    package static func nearlyFull(_ consequence: String) -> KVError {
        KVError(.diskFull, "The disk is nearly full, so \(consequence). Free some space and try again.")
    }
}
