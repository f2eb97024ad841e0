import Foundation
import KVBackup
import KVFiles
import KVModel

/// The folder of the program's data, held by one process at a time.
///
/// It has two locks: that of the folder itself, and that of the file `lock` in it, the only one of earlier versions. The file also
/// announces where a server listens; moving it away does not let a second program in.
final class DataFolder: Sendable {
    /// Another process holds the folder.
    struct InUse: Error {
        var path: String
        /// Nil while that process does not listen, and for a command, which serves only itself.
        var holder: FolderHolder?
    }

    /// What must exist at the path of a data folder. Only `nothing` creates the folder: otherwise a missing one is a typing mistake.
    enum Requirement {
        case nothing
        /// A folder, which may be empty. The default folder, which no setting names, is created.
        /// - Parameter store: The store that a folder without data is for.
        case folder(store: String? = nil)
        case data
        /// Also a folder with only backups, whose data can be restored.
        case dataOrBackups
    }

    /// The path is not that of a data folder.
    struct Missing: Error {
        var path: String
        /// Whether a folder without data of this program is there.
        var isFolder: Bool
    }

    private static let lockName = "lock"
    /// Bytes of an announcement.
    private static let longestText = 1_024

    /// Without symbolic links.
    let path: String
    /// Whether the folder did not exist before.
    let isNew: Bool
    private let folder: Int32
    private let lock: Int32

    /// Locks the folder. If the process is root, it runs as the user that the folder belongs to from then on.
    ///
    /// Throws `InUse` if another process holds the folder, and `KVError`, `CommandFailure` or `UntrustedFile` if it cannot or must
    /// not be used. Throws `Missing`, and creates nothing, if the required folder or data does not exist.
    init(path: String, requiring requirement: Requirement) throws {
        if case .nothing = requirement { isNew = try Self.create(path) } else { isNew = false }
        let folder = try Self.open(path)
        do {
            guard try Self.has(requirement, folder) else { throw Missing(path: path, isFolder: true) }
            (lock, self.path) = try Self.take(folder, path)
        } catch {
            close(folder)
            throw error
        }
        self.folder = folder
        try Restoration(of: self.path).finish()
    }

    deinit {
        close(lock)
        close(folder)
    }

    private static func has(_ requirement: Requirement, _ folder: Int32) throws -> Bool {
        switch requirement {
        case .nothing, .folder: true
        case .data: try DataContents.exist(in: folder)
        case .dataOrBackups: try DataContents.exist(in: folder, orAlso: Settings.backupsName)
        }
    }

    /// Opens the folder, and becomes its user.
    private static func open(_ path: String) throws -> Int32 {
        let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            throw errno == ENOENT ? Missing(path: path, isFolder: false) : unusable(path, "cannot be opened")
        }
        do {
            guard let status = FileStatus(of: folder) else { throw unusable(path, "cannot be read") }
            let owner = FolderOwner(status)
            try owner.becomeForGood()
            try check(owner, path)
            return folder
        } catch {
            close(folder)
            throw error
        }
    }

    /// Creates the folder if it does not exist. Returns whether it did so.
    private static func create(_ path: String) throws -> Bool {
        guard FolderOwner(of: path) == nil else { return false }
        // Root must not create anything in a folder of another user, who controls where a name in it leads.
        var parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        while FolderOwner(of: parent.path) == nil, parent.path != "/" { parent.deleteLastPathComponent() }
        try FolderOwner(of: parent.path)?.becomeForGood()
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw KVError(.storeUnavailable, "The data folder \(path) cannot be created.", cause: "\(error)")
        }
        return true
    }

    private static func check(_ owner: FolderOwner, _ path: String) throws {
        guard owner.user == geteuid() else {
            throw CommandFailure(
                "The data folder \(path) belongs to the user \(owner.user), and this runs as \(geteuid()). Run it as that user, for example with sudo -u."
            )
        }
        guard !owner.othersMayWrite else {
            throw CommandFailure(
                "Other users may write to the data folder \(path), so what it holds cannot be trusted. Take that right away from them: chmod go-w \(path)"
            )
        }
    }

    /// Returns the descriptor of the file `lock`, and the folder's path without links.
    private static func take(_ folder: Int32, _ path: String) throws -> (Int32, String) {
        // Some network file systems have no locks for folders: there only the lock of the file counts.
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            throw InUse(path: path, holder: holder(in: folder))
        }
        let lock: Int32
        do {
            lock = try TrustedFile.open(lockName, O_RDWR | O_CREAT, in: folder)
        } catch let error as POSIXError {
            throw KVError(
                .storeUnavailable, "The data folder \(path) cannot be written.",
                cause: String(cString: strerror(error.code.rawValue)))
        } catch let error as UntrustedFile {
            throw UntrustedFile(path: "\(path)/\(error.path)", fault: error.fault)
        }
        do {
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw InUse(path: path, holder: holder(in: folder)) }
            let resolved = try resolve(path, to: folder)
            withdrawAnnouncement(in: lock)
            return (lock, resolved)
        } catch {
            close(lock)
            throw error
        }
    }

    /// Returns the folder's path without links. The user of the folder must be able to reach it by that path.
    private static func resolve(_ path: String, to folder: Int32) throws -> String {
        let resolved = realpath(path, nil)
        defer { free(resolved) }
        guard let resolved, let named = FileStatus(of: String(cString: resolved)), let held = FileStatus(of: folder),
            named.isSameFile(as: held)
        else {
            throw CommandFailure(
                "The data folder \(path) belongs to the user \(geteuid()), who cannot reach it by that path. Give that user the right to search the folders around it; for a service with DynamicUser=, set User= in its unit."
            )
        }
        return String(cString: resolved)
    }

    private static func unusable(_ path: String, _ what: String) -> KVError {
        KVError(.storeUnavailable, "The data folder \(path) \(what).", cause: String(cString: strerror(errno)))
    }

    func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        do {
            try TrustedFolder.make(folder)
        } catch let error as POSIXError {
            throw KVError(.storeUnavailable, "The folder \(folder) cannot be created.", cause: "\(error)")
        }
        return folder
    }

    /// Throws if the owner of the folder cannot use it. Locks nothing.
    static func check(_ path: String) throws {
        let folder = try open(path)
        defer { close(folder) }
        _ = try resolve(path, to: folder)
    }

    // MARK: The announcement

    /// Leaves a blank line, so that the file keeps the disk space that the announcement needs.
    private static func withdrawAnnouncement(in lock: Int32) {
        pwrite(lock, "\n", 1, 0)
        ftruncate(lock, 1)
    }

    /// Announces to processes of the same user where this one listens.
    func announce(_ holder: FolderHolder) throws {
        let bytes = Array(holder.text.utf8)
        // Only the owner may read the key in it, and another program may have created the file.
        guard bytes.count <= Self.longestText, fchmod(lock, 0o600) == 0,
            pwrite(lock, bytes, bytes.count, 0) == bytes.count, ftruncate(lock, off_t(bytes.count)) == 0
        else { throw Self.unusable(path, "cannot take the server's address") }
    }

    /// Returns the latest announcement; nil if the folder has been locked again since, or if the file cannot be trusted.
    static func holder(of path: String) -> FolderHolder? {
        let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        return holder(in: folder)
    }

    private static func holder(in folder: Int32) -> FolderHolder? {
        guard let lock = try? TrustedFile.open(lockName, O_RDONLY, in: folder) else { return nil }
        defer { close(lock) }
        var bytes = [UInt8](repeating: 0, count: longestText)
        let count = pread(lock, &bytes, bytes.count, 0)
        return count > 0 ? FolderHolder(String(decoding: bytes[..<count], as: UTF8.self)) : nil
    }
}
