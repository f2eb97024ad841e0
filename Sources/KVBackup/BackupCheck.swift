import Foundation
import KVFiles
import SQLiteFile

/// Whether a backup is what it was when it was made. Blocks.
package enum BackupCheck {
    /// What is wrong, in words; empty when nothing is. Throws where there is no backup that could be read.
    package static func faults(of folder: String, goOn: () throws -> Void) throws -> [String] {
        let manifest = try BackupManifest(in: folder)
        var faults = linkedFolders(of: manifest, in: folder)
        guard faults.isEmpty else { return faults }
        for file in manifest.files {
            let path = "\(folder)/\(file.path)"
            if let type = FileBytes.type(of: path), type != S_IFREG {
                faults.append("\(file.path) is not a file.")
            } else if !FileManager.default.fileExists(atPath: path) {
                faults.append("\(file.path) is missing.")
            } else if FileBytes.count(of: path) != file.bytes {
                faults.append("\(file.path) has \(FileBytes.count(of: path)) bytes, not \(file.bytes).")
            } else if try FileBytes.sha256(of: path, goOn: goOn) != file.sha256 {
                faults.append("\(file.path) has changed since it was created: its SHA-256 differs.")
            }
        }
        let known = Set(manifest.files.map(\.path) + [BackupManifest.fileName])
        faults += FileBytes.paths(in: folder).filter { !known.contains($0) }.map { "\($0) does not belong to it." }
        if faults.isEmpty, let fault = try structure(of: manifest, in: folder, goOn: goOn) { faults.append(fault) }
        return faults
    }

    /// Links in the place of its folders.
    private static func linkedFolders(of manifest: BackupManifest, in folder: String) -> [String] {
        let parents = manifest.files.flatMap { file in
            let parts = file.path.split(separator: "/").dropLast()
            return parts.indices.map { parts[...$0].joined(separator: "/") }
        }
        return Set(parents).sorted().filter { ![nil, S_IFDIR].contains(FileBytes.type(of: "\(folder)/\($0)")) }
            .map { "\($0) is not a folder." }
    }

    /// What is wrong with its databases.
    static func structure(of manifest: BackupManifest, in folder: String, goOn: () throws -> Void) throws -> String? {
        let databases = manifest.files.filter { $0.path.hasSuffix(".sqlite") }
        guard !databases.isEmpty else { return "The backup is empty: it has no database." }
        for file in databases {
            try goOn()
            guard file.bytes > 0 else { return "\(file.path): the database is empty." }
            if let fault = try SQLiteFile.fault(of: "\(folder)/\(file.path)") { return "\(file.path): \(fault)" }
        }
        return nil
    }
}
