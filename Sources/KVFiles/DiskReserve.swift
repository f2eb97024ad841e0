package import KVModel

/// The part of a disk that data leaves free, so that on a nearly full disk the state of jobs can still be stored and what
/// takes room can still be deleted: 256 MiB, or a tenth of a smaller disk.
package struct DiskReserve: Sendable {
    private static let maximumBytes = 256 << 20

    private let path: String

    /// - Parameter path: A file or folder on the disk.
    package init(at path: String) {
        self.path = path
    }

    /// Bytes that may be written before the reserve is used; `Int.max` where the system does not report it.
    package var availableBytes: Int { Self.availableBytes(DiskSpace(at: path), leaving: 1) }

    /// Bytes that what must be written on a nearly full disk may take: up to half of the reserve.
    package var availableBytesWithReserve: Int { Self.availableBytes(DiskSpace(at: path), leaving: 2) }

    /// `availableBytes` of the disk on which an open file is.
    package static func availableBytes(ofDiskOf descriptor: Int32) -> Int {
        availableBytes(DiskSpace(ofDiskOf: descriptor), leaving: 1)
    }

    /// Throws `disk_full` when no more data may be written.
    ///
    /// - Parameter consequence: Follows "The disk is nearly full, so"
    package func requireRoom(_ consequence: String = "this was not written") throws(KVError) {
        guard availableBytes > 0 else { throw .nearlyFull(consequence) }
    }

    /// - Parameter part: 1 for the whole reserve, 2 for half of it.
    private static func availableBytes(_ space: DiskSpace?, leaving part: Int) -> Int {
        guard let space, space.freeBytes < .max else { return .max }
        return max(0, space.freeBytes - min(maximumBytes, space.totalBytes / 10) / part)
    }
}

extension KVError {
    package static func nearlyFull(_ consequence: String) -> KVError {
        KVError(.diskFull, "The disk is nearly full, so \(consequence). Free some space and try again.")
    }
}
