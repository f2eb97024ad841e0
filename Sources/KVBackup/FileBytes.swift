import Crypto
package import Foundation
import KVModel

/// Files read and copied in portions. Blocks.
package enum FileBytes {
    private static let portion = 1 << 20

    /// 0 where there is none.
    static func count(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// At most the first `limit` bytes; returns false where the file is gone.
    /// - Parameter mode: Of the copy.
    package static func copy(
        _ path: String, to copy: String, limit: Int = .max, mode: mode_t = 0o600, goOn: () throws -> Void = {}
    ) throws -> Bool {
        guard let source = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? source.close() }
        let target = try NewFile(copy, mode: mode)
        var left = limit
        while left > 0, let bytes = try source.read(upToCount: min(left, portion)), !bytes.isEmpty {
            try target.append(bytes)
            left -= bytes.count
            try goOn()
        }
        try target.finish()
        return true
    }

    /// Takes a folder for as long as the descriptor is open; nil where somebody else has it, or it is gone. Some network file
    /// systems know no locks on folders: there nobody is kept out.
    static func take(folder: String) -> Int32? {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// A file that must not be there before.
    package static func write(_ bytes: Data, to path: String, mode: mode_t = 0o600) throws {
        let file = try NewFile(path, mode: mode)
        try file.append(bytes)
        try file.finish()
    }

    /// Hexadecimal digits. Throws where it cannot be read.
    package static func sha256(of path: String, goOn: () throws -> Void = {}) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = SHA256()
        while let bytes = try file.read(upToCount: portion), !bytes.isEmpty {
            hash.update(data: bytes)
            try goOn()
        }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// All files below a folder, by their paths within it, in order.
    static func paths(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            .sorted()
    }

    static func makeFolder(_ path: String) throws {
        do {
            var isFolder: ObjCBool = false
            guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue else {
                return
            }
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            if parent != path { try makeFolder(parent) }
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            giveAway(path)
        } catch {
            throw KVError(.storeUnavailable, "The folder \(path) cannot be made.", cause: "\(error)")
        }
    }

    /// What root makes becomes that of the owner of the folder around it: the program runs as somebody else, and is to have it.
    package static func giveAway(_ path: String) {
        guard geteuid() == 0 else { return }
        var owner = stat()
        guard stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &owner) == 0 else { return }
        // Root may do so everywhere but on file systems without owners.
        _ = lchown(path, owner.st_uid, owner.st_gid)
    }

    /// Makes what was renamed or created in a folder last through a power cut.
    package static func synchronize(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write \(folder) to the disk") }
    }

    static func failure(_ attempt: String) -> KVError {
        let cause = String(cString: strerror(errno))
        return errno == ENOSPC || errno == EDQUOT
            ? KVError(.diskFull, "The disk is full: could not \(attempt). Free some space and try again.", cause: cause)
            : KVError(.storeUnavailable, "Could not \(attempt): \(cause).")
    }

    /// Throws `disk_full` unless the disk takes so many bytes and leaves some free.
    static func checkRoom(for bytes: Int, in folder: String) throws {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? .max
        guard free - reserve >= bytes else {
            throw KVError(
                .diskFull,
                "\(bytes >> 20) MiB have to be written to \(folder), and its disk has \(free >> 20) MiB free, of which \(reserve >> 20) are to stay free. Free some space, or choose another folder."
            )
        }
    }

    private static let reserve = 256 << 20
}

/// A file that must not be there before, and lies on the disk when finished. Blocks.
final class NewFile {
    private let descriptor: Int32
    private let path: String

    /// - Parameter mode: What its permissions become, whatever the process' mask is.
    init(_ path: String, mode: mode_t) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, fchmod(descriptor, mode) == 0 else { throw FileBytes.failure("create \(path)") }
        FileBytes.giveAway(path)
    }

    deinit { close(descriptor) }

    func append(_ bytes: Data) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw FileBytes.failure("write \(path)") }
                rest = rest.dropFirst(written)
            }
        }
    }

    func finish() throws {
        guard fsync(descriptor) == 0 else { throw FileBytes.failure("write \(path) to the disk") }
    }
}
