import Foundation

/// Folders of the process' own user, found by name.
package enum TrustedFolder {
    /// Creates a folder for its owner alone, or accepts the one that exists. Throws `POSIXError` where the system refuses, and
    /// `UntrustedFile` for a link, for something else than a folder, and for a folder of another user.
    package static func make(_ path: String) throws {
        guard mkdir(path, 0o700) != 0 else { return }
        guard errno == EEXIST else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        try check(path)
    }

    /// Throws as `make` does; a folder that does not exist is accepted.
    package static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFLNK: throw UntrustedFile(path: path, fault: .link)
        default: throw UntrustedFile(path: path, fault: .kind)
        }
        guard status.st_uid == geteuid() else { throw UntrustedFile(path: path, fault: .owner(status.st_uid)) }
    }

    /// Throws `UntrustedFile` where the process runs as root and the folder belongs to another user. Others than root may use
    /// whatever their rights allow. A folder that does not exist is accepted.
    package static func checkForRoot(_ path: String) throws {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0, status.st_uid != 0 else { return }
        throw UntrustedFile(path: path, fault: .owner(status.st_uid))
    }
}
