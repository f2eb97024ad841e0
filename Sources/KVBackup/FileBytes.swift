import Crypto
package import Foundation
import KVFiles
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
        let source: FileHandle
        do {
            source = try open(path)
        } catch let error as POSIXError where error.code == .ENOENT {
            return false
        }
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

    /// A link is not followed.
    private static func open(_ path: String) throws -> FileHandle {
        FileHandle(fileDescriptor: try TrustedFile.open(path, O_RDONLY, isOwn: false), closeOnDealloc: true)
    }

    /// Takes a folder for as long as the descriptor is open; nil where somebody else has it, or it is gone. Some network file
    /// systems know no locks on folders: there nobody is kept out.
    static func take(folder: String) -> Int32? {
        let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Hexadecimal digits. Throws where it cannot be read.
    package static func sha256(of path: String, goOn: () throws -> Void = {}) throws -> String {
        let file = try open(path)
        defer { try? file.close() }
        var hash = SHA256()
        while let bytes = try file.read(upToCount: portion), !bytes.isEmpty {
            hash.update(data: bytes)
            try goOn()
        }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// All that is below a folder except for folders, by the paths within it, in order. Links are not followed.
    static func paths(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { type(of: "\(folder)/\($0)") != S_IFDIR }
            .sorted()
    }

    /// Returns `S_IFDIR` for a folder and `S_IFREG` for a file; nil where there is nothing. Links are not followed.
    static func type(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// A folder that must be the process' user's own.
    static func makeOwnFolder(_ path: String) throws {
        do {
            try TrustedFolder.make(path)
        } catch let error as POSIXError {
            throw KVError(.storeUnavailable, "The folder \(path) cannot be created.", cause: "\(error)")
        }
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
        } catch {
            throw KVError(.storeUnavailable, "The folder \(path) cannot be created.", cause: "\(error)")
        }
    }

    /// Throws `disk_full` unless the disk takes so many bytes and leaves some free.
    static func checkRoom(for bytes: Int, in folder: String) throws {
        let available = DiskReserve(at: folder).availableBytes
        guard available >= bytes else {
            throw KVError(
                .diskFull,
                "A backup of \(bytes >> 20) MiB does not fit in \(folder): its disk has room for \(available >> 20) MiB. "
                    + "Free some space, or choose another folder.")
        }
    }
}

extension Sequence<Int> {
    /// The sum of sizes that were read from a disk, or `Int.max` where it is larger.
    var clampedSum: Int {
        reduce(0) { sum, size in
            let (total, isTooLarge) = sum.addingReportingOverflow(Swift.max(0, size))
            return isTooLarge ? .max : total
        }
    }
}
