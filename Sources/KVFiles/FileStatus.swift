package import Foundation

/// What the system says about a file or a folder: who owns it, what its permissions are, and which one it is.
package struct FileStatus: Sendable {
    package let user: uid_t
    package let group: gid_t
    /// Whether the group or all users may write to it.
    package let othersMayWrite: Bool
    package let isFolder: Bool
    private let device: dev_t
    private let number: ino_t

    /// Follows links. Returns nil where there is nothing at the path, or the system refuses; `errno` says why.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Returns nil where the system refuses; `errno` says why.
    package init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        (user, group) = (status.st_uid, status.st_gid)
        othersMayWrite = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        (device, number) = (status.st_dev, status.st_ino)
    }

    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && number == other.number }
}
