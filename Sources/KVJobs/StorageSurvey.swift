import Foundation
import KVFiles

/// How much the data folder holds, by what it is for.
package struct StorageSurvey: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case stores, ledger, uploads, exports, journals, backups, other
    }

    private let folder: String

    /// - Parameter folder: the data folder.
    package init(folder: String) {
        self.folder = folder
    }

    /// Bytes on the disk of each kind, and those that are still free. Files that come or go meanwhile may or may not be in it.
    package func look() async throws -> (bytes: [Kind: Int], free: Int) {
        try await Blocking.run { (bytesByKind(), DiskSpace(at: folder)?.freeBytes ?? 0) }
    }

    private func bytesByKind() -> [Kind: Int] {
        var bytes: [Kind: Int] = [:]
        let keys: [URLResourceKey] = [.fileSizeKey, .isRegularFileKey]
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        guard let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else {
            return bytes
        }
        for case let file as URL in files {
            guard let values = try? file.resourceValues(forKeys: Set(keys)), values.isRegularFile == true else {
                continue
            }
            let parts = file.resolvingSymlinksInPath().pathComponents.dropFirst(root.pathComponents.count)
            bytes[Kind(of: Array(parts)), default: 0] += values.fileSize ?? 0
        }
        return bytes
    }
}

extension StorageSurvey.Kind {
    /// By the path within the data folder.
    fileprivate init(of path: [String]) {
        self =
            switch (path.first, path.last) {
            case ("stores", _): .stores
            case ("backups", _): .backups
            case ("jobs", "upload"): .uploads
            case ("jobs", "export"): .exports
            case ("jobs", "journal"): .journals
            case (let name?, _) where name.hasPrefix("ledger.sqlite"): .ledger
            default: .other
            }
    }
}
