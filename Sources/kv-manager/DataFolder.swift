import Foundation
import KVBackup
import KVModel

/// The folder of the program's data, held by one process at a time.
final class DataFolder: Sendable {
    /// Another process holds the folder.
    struct InUse: Error {
        var path: String
        /// Nil as long as that one does not listen, and for a command, which works for itself alone.
        var holder: FolderHolder?
    }

    private static let longestText = 1_024

    let path: String
    private let lock: Int32

    /// Makes the folder if it is not there. Throws `InUse` when another process holds it, and `KVError` when it cannot be made.
    init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw KVError(.storeUnavailable, "The data folder \(path) cannot be made.", cause: "\(error)")
        }
        let lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw KVError(
                .storeUnavailable, "The data folder \(path) cannot be written.", cause: String(cString: strerror(errno))
            )
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(lock) }
            throw InUse(path: path, holder: Self.holder(in: lock))
        }
        self.lock = lock
        FileBytes.giveAway("\(path)/lock")
        ftruncate(lock, 0)
        try Restoration(of: path).finish()
    }

    deinit { close(lock) }

    /// Tells other processes of its owner where the one that holds the folder listens.
    func announce(_ holder: FolderHolder) {
        let bytes = Array(holder.text.utf8)
        // Whoever reads a key may come in by it, and the file may have been there before, from wherever.
        guard bytes.count <= Self.longestText, fchmod(lock, 0o600) == 0 else { return }
        pwrite(lock, bytes, bytes.count, 0)
    }

    private static func holder(in lock: Int32) -> FolderHolder? {
        var bytes = [UInt8](repeating: 0, count: longestText)
        let count = pread(lock, &bytes, bytes.count, 0)
        return count > 0 ? FolderHolder(String(decoding: bytes[..<count], as: UTF8.self)) : nil
    }

    /// Who told last that it listens for the folder; nil once it was taken anew, and where the folder is not there.
    static func holder(of path: String) -> FolderHolder? {
        let lock = open("\(path)/lock", O_RDONLY | O_CLOEXEC)
        guard lock >= 0 else { return nil }
        defer { close(lock) }
        return holder(in: lock)
    }

    func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
