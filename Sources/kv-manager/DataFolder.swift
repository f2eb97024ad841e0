import Foundation
import KVModel

/// The folder of the program's data, held by one process at a time.
final class DataFolder: Sendable {
    let path: String
    private let lock: Int32

    /// Makes the folder if it is not there. Throws when it cannot be made, or when another process holds it.
    init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw KVError(.storeUnavailable, "The data folder \(path) cannot be made.", cause: "\(error)")
        }
        lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw KVError(
                .storeUnavailable, "The data folder \(path) cannot be written.", cause: String(cString: strerror(errno))
            )
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw KVError(
                .storeUnavailable,
                "The data folder \(path) is in use by another KV Manager. End that one, or choose another folder by --data."
            )
        }
    }

    deinit { close(lock) }

    func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
