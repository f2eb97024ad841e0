package import Foundation
import KVModel

/// Changes of files and folders that last through a power cut: each is done as a whole, or not at all. All functions block,
/// and throw `disk_full` or `store_unavailable`.
package enum DurableFiles {
    /// Writes a file that must not exist before. Its name lasts once its folder is synchronized.
    package static func create(_ bytes: Data, at path: String, mode: mode_t = 0o600) throws {
        let file = try NewFile(path, mode: mode)
        try file.append(bytes)
        try file.finish()
    }

    /// Replaces a file, or creates it. Programs that read the path meanwhile get the former bytes or the new ones.
    package static func replace(_ path: String, with bytes: Data, mode: mode_t = 0o600) throws {
        let unfinished = "\(path).new"
        // The rest of a replacement that was interrupted.
        unlink(unfinished)
        try create(bytes, at: unfinished, mode: mode)
        try move(unfinished, to: path)
    }

    /// Moves a file, a link or a folder within a file system; a file at the new path is replaced.
    package static func move(_ path: String, to new: String) throws {
        guard rename(path, new) == 0 else {
            throw KVError(systemError: errno, "rename \(path) to \(new)", code: .storeUnavailable)
        }
        try synchronize(folder: folder(of: new))
        let former = folder(of: path)
        if former != folder(of: new) { try synchronize(folder: former) }
    }

    /// Makes names that were created, changed or removed in a folder last. Folders that may not be read, and file systems that
    /// have nothing like it, are passed over.
    package static func synchronize(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == EACCES { return }
            throw KVError(systemError: errno, "open \(folder)", code: .storeUnavailable)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw KVError(systemError: errno, "write \(folder) to the disk", code: .storeUnavailable)
        }
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
