package import Foundation
import KVFiles
package import KVModel
import SQLiteFile

/// A folder of backups: each a folder of its own, named for the second it was made in. Blocks.
package struct BackupFolder: Sendable {
    private static let unfinished = ".partial"
    /// The number of backups after which a server makes no more. Those who delete old ones have fewer.
    private static let maximumCount = 1_000

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// The newest first.
    package func list() -> [BackupManifest] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter(Self.isName).sorted(by: >).compactMap { name in
            // What is not whole is not listed.
            var manifest = try? BackupManifest(in: "\(path)/\(name)")
            // A copied folder may have another name.
            manifest?.name = name
            return manifest
        }
    }

    /// Throws `too_many_backups` where the folder holds as many as a server makes, and `disk_full` where the disk has no room for
    /// another one.
    func checkRoom(for contents: DataContents) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.count(where: Self.isName) < Self.maximumCount else {
            throw KVError(
                .tooManyBackups,
                "\(path) holds \(Self.maximumCount) backups, the maximum. Delete the folders of some, and try again.")
        }
        // The disk of a folder that is not there yet is that of the nearest one around it.
        var place = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
        try FileBytes.checkRoom(for: contents.bytes(), in: place.path)
    }

    /// Where the backup lies. Throws `invalid_request` for what is no name of one.
    package func place(of name: String) throws(KVError) -> String {
        guard Self.isName(name), FileManager.default.fileExists(atPath: "\(path)/\(name)") else {
            throw KVError(
                .backupNotFound,
                "There is no backup \(quoting: name) in \(path). kv-manager backup list shows those that exist.")
        }
        return "\(path)/\(name)"
    }

    /// `2026-11-25T10-20-30Z`, with a number behind it for a second one of that second.
    static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d{1,3})?/) != nil
    }

    /// One that is free.
    /// - Parameter before: What stands before it in the folder.
    package func newName(at date: Date, before prefix: String = "") -> String {
        let time = date.formatted(.iso8601.dateTimeSeparator(.standard).timeSeparator(.omitted))
        let digits = Array(time)  // 2026-11-25T102030Z
        let name = String(digits[..<13]) + "-" + String(digits[13..<15]) + "-" + String(digits[15...])
        let free = (1...999).lazy.map { $0 == 1 ? name : "\(name)-\($0)" }
            .first { !FileManager.default.fileExists(atPath: "\(path)/\(prefix)\($0)") }
        return free ?? name
    }

    /// Copies what is in a data folder, as it is at one moment, and reads it back. When this returns, the backup is whole and
    /// lies on the disk; where it throws, there is none.
    /// - Parameter goOn: called often; what it throws ends it.
    package func create(
        _ name: String, of contents: DataContents, version: String, at date: Date, goOn: () throws -> Void
    ) throws -> BackupManifest {
        guard !contents.isEmpty else {
            throw KVError(
                .storeUnavailable, "\(contents.folder) holds no data of KV Manager, so there is nothing to back up.")
        }
        try FileBytes.makeFolder(path)
        removeUnfinished()
        try FileBytes.checkRoom(for: contents.bytes(), in: path)
        let place = "\(path)/\(name)\(Self.unfinished)"
        try FileBytes.makeOwnFolder(place)
        guard let hold = FileBytes.take(folder: place) else {
            throw KVError(.backupAtWork, "Another KV Manager makes a backup in \(path); wait for its end.")
        }
        defer { close(hold) }
        do {
            let copied = try copy(contents.snapshot(), from: contents.folder, into: place, goOn: goOn)
            let files = try copied.map { file in
                BackupManifest.File(
                    path: file, bytes: FileBytes.count(of: "\(place)/\(file)"),
                    sha256: try FileBytes.sha256(of: "\(place)/\(file)", goOn: goOn))
            }
            let manifest = BackupManifest(name: name, createdAt: date, version: version, files: files)
            if let fault = try BackupCheck.structure(of: manifest, in: place, goOn: goOn) {
                throw KVError(.storeUnavailable, "The copy is not whole, so there is no backup: \(fault)")
            }
            try manifest.write(into: place)
            let folders = files.flatMap { file in
                let folder = URL(fileURLWithPath: "\(place)/\(file.path)").deletingLastPathComponent()
                return [folder.path, folder.deletingLastPathComponent().path]
            }
            for folder in Set(folders) { try DurableFiles.synchronize(folder: folder) }
            try DurableFiles.synchronize(folder: place)
            try DurableFiles.move(place, to: "\(path)/\(name)")
            return manifest
        } catch {
            try? FileManager.default.removeItem(atPath: place)
            throw error
        }
    }

    private func copy(
        _ snapshot: consuming DataSnapshot, from folder: String, into place: String, goOn: () throws -> Void
    ) throws -> [String] {
        var copied: [String] = []
        for (path, snapshot) in snapshot.databases {
            try FileBytes.makeFolder(URL(fileURLWithPath: "\(place)/\(path)").deletingLastPathComponent().path)
            try DurableFiles.create(Data(), at: "\(place)/\(path)")
            try snapshot.copy(to: "\(place)/\(path)", goOn: goOn)
            copied.append(path)
        }
        for (path, bytes) in snapshot.files {
            try FileBytes.makeFolder(URL(fileURLWithPath: "\(place)/\(path)").deletingLastPathComponent().path)
            // One that is gone by now belonged to a job that is, or whose files are old: no other need it.
            if try FileBytes.copy("\(folder)/\(path)", to: "\(place)/\(path)", limit: bytes, goOn: goOn) {
                copied.append(path)
            }
        }
        return copied
    }

    /// What was being made when a program died. What another one makes has been taken.
    private func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names
        where name.hasSuffix(Self.unfinished) && Self.isName(String(name.dropLast(Self.unfinished.count))) {
            let unfinished = "\(path)/\(name)"
            guard let hold = FileBytes.take(folder: unfinished) else { continue }
            defer { close(hold) }
            try? FileManager.default.removeItem(atPath: unfinished)
        }
    }
}
