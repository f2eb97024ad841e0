import Foundation
import KVFiles
import KVModel

/// Puts a backup in the place of what a data folder holds. That is set aside, not removed. Blocks; the caller has the folder's lock.
///
/// The copy is made whole beside what is there; a marker then says that it is, and from there on the way leads forward only:
/// what a power cut leaves half done, the next one who takes the folder finishes.
package struct Restoration {
    private struct Marker: Codable {
        var aside: String
    }

    /// Of SQLite's files only the first is in a backup; the others would spoil it.
    private static let besideLedger = ["-wal", "-shm"]

    /// What the names of folders begin with that hold what was replaced.
    private static let aside = "replaced-"

    private static let longestMarker = 1_024

    private let folder: String

    static let folderName = "restoring"

    private var fresh: String { "\(folder)/\(Self.folderName)" }
    private var marker: String { "\(fresh)/whole.json" }

    /// - Parameter folder: the data folder.
    package init(of folder: String) {
        self.folder = folder
    }

    /// Returns where lies what was there before; nil where nothing was. The backup must have been checked.
    package func restore(_ backup: String, goOn: () throws -> Void) throws -> String? {
        try? FileManager.default.removeItem(atPath: fresh)
        let manifest = try BackupManifest(in: backup)
        try FileBytes.makeOwnFolder(fresh)
        try FileBytes.checkRoom(for: manifest.bytes, in: folder)
        let folders = Set(
            manifest.files.map { URL(fileURLWithPath: "\(fresh)/\($0.path)").deletingLastPathComponent().path }
        )
        .union([DataContents.stores, DataContents.jobs].map { "\(fresh)/\($0)" })
        for folder in folders { try FileBytes.makeFolder(folder) }
        for file in manifest.files {
            let copy = "\(fresh)/\(file.path)"
            guard try FileBytes.copy("\(backup)/\(file.path)", to: copy, limit: file.bytes, goOn: goOn),
                try FileBytes.sha256(of: copy, goOn: goOn) == file.sha256
            else {
                throw KVError(
                    .storeUnavailable,
                    "\(file.path) did not come out of the backup as it should be; nothing was changed.")
            }
        }
        for folder in folders { try DurableFiles.synchronize(folder: folder) }
        let aside = Self.aside + BackupFolder(path: folder).newName(at: Date(), before: Self.aside)
        try DurableFiles.replace(marker, with: JSONEncoder().encode(Marker(aside: aside)))
        try finish()
        return FileManager.default.fileExists(atPath: "\(folder)/\(aside)") ? "\(folder)/\(aside)" : nil
    }

    /// Finishes what was begun, if anything was. Call it before anything in the folder is opened.
    package func finish() throws {
        try TrustedFolder.check(fresh)
        guard let data = try TrustedFile.contents(marker, limit: Self.longestMarker) else {
            // A copy that is not whole is of no use, and takes room.
            try? FileManager.default.removeItem(atPath: fresh)
            return
        }
        let aside = "\(folder)/\(try asideName(data))"
        for name in DataContents.names where FileManager.default.fileExists(atPath: "\(fresh)/\(name)") {
            let beside = name == DataContents.ledger ? Self.besideLedger : []
            for old in [name] + beside.map({ name + $0 }) { try setAside(old, into: aside) }
            try DurableFiles.move("\(fresh)/\(name)", to: "\(folder)/\(name)")
        }
        try FileManager.default.removeItem(atPath: fresh)
    }

    /// Reads the marker. A name that this program does not give would lead out of the folder.
    private func asideName(_ marker: Data) throws -> String {
        guard let name = try? JSONDecoder().decode(Marker.self, from: marker).aside, name.hasPrefix(Self.aside),
            BackupFolder.isName(String(name.dropFirst(Self.aside.count)))
        else {
            throw KVError(
                .storeUnavailable,
                "\(self.marker) was not written by KV Manager, so the restore that it describes is not finished. Remove the folder \(fresh)."
            )
        }
        return name
    }

    private func setAside(_ name: String, into aside: String) throws {
        guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { return }
        try FileBytes.makeOwnFolder(aside)
        try DurableFiles.move("\(folder)/\(name)", to: "\(aside)/\(name)")
    }
}
