package import Foundation

/// Files of the process' own user, opened by name in a folder in which others may have put something else.
///
/// A symbolic link is never followed, and only a regular file of the user that the process runs as is accepted: in a folder of
/// another user, a name may lead to any file of the machine.
package enum TrustedFile {
    /// Opens a file. Throws `POSIXError` where the system refuses, and `UntrustedFile` for what must not be used.
    /// - Parameters:
    ///   - flags: Such as `O_RDWR | O_CREAT`.
    ///   - folder: The folder that a relative path begins at, as a descriptor.
    ///   - isOwn: Whether the file must belong to the process' user.
    package static func open(
        _ path: String, _ flags: Int32, mode: mode_t = 0o600, in folder: Int32 = AT_FDCWD, isOwn: Bool = true
    ) throws -> Int32 {
        // Without O_NONBLOCK, opening a named pipe would wait for its other end. It means nothing for a regular file.
        let descriptor = openat(folder, path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw UntrustedFile(path: path, fault: .link) }
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        do {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            try check(status, path, isOwn: isOwn)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Returns a file's bytes; nil where there is no such file.
    /// - Parameter limit: A file with more bytes is not read, and `UntrustedFile` thrown.
    package static func contents(_ path: String, limit: Int, isOwn: Bool = true) throws -> Data? {
        do {
            let file = FileHandle(fileDescriptor: try open(path, O_RDONLY, isOwn: isOwn), closeOnDealloc: true)
            let data = try file.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else { throw UntrustedFile(path: path, fault: .size(limit)) }
            return data
        } catch let error as POSIXError where error.code == .ENOENT {
            return nil
        }
    }

    /// Throws `UntrustedFile` where the name is that of a link, of something else than a file, or of a file of another user.
    /// A file that does not exist is accepted. For those that other code opens.
    package static func check(_ path: String, isOwn: Bool = true) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        try check(status, path, isOwn: isOwn)
    }

    private static func check(_ status: stat, _ path: String, isOwn: Bool) throws {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw UntrustedFile(path: path, fault: .link)
        default: throw UntrustedFile(path: path, fault: .kind)
        }
        guard !isOwn || status.st_uid == geteuid() else {
            throw UntrustedFile(path: path, fault: .owner(status.st_uid))
        }
    }
}

/// Thrown for a file or a folder that must not be used, since another user may have put it there.
package struct UntrustedFile: Error, CustomStringConvertible {
    package enum Fault: Equatable, Sendable {
        case link
        /// It is neither a file nor a folder, or not the one that is expected.
        case kind
        case owner(uid_t)
        /// It has more bytes than this.
        case size(Int)
    }

    package var path: String
    package var fault: Fault

    package init(path: String, fault: Fault) {
        self.path = path
        self.fault = fault
    }

    package var description: String {
        switch fault {
        case .link: "\(path) is a symbolic link, which is not followed. Replace it with what it leads to."
        case .kind: "\(path) is not of the expected kind. Remove it."
        case .owner(let owner):
            "\(path) belongs to the user \(owner), not to \(geteuid()). Remove it, or change its owner with chown."
        case .size(let limit): "\(path) has more than \(limit) bytes. It was not written by KV Manager."
        }
    }
}
