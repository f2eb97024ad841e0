import Foundation
import KVModel
import SQLiteFile

/// What of a data folder belongs into a backup.
package struct DataContents: Sendable {
    /// What backups hold, by its name in the data folder.
    static let ledger = "ledger.sqlite"
    static let stores = "stores"
    static let jobs = "jobs"
    static let names = [ledger, stores, jobs]
    private static let longestName = 255

    /// Whether a path is that of a file which backups hold: `ledger.sqlite`, `stores/NAME.sqlite` or `jobs/ID/NAME`.
    static func isFile(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ isName($0) }) else { return false }
        return switch (parts.first, parts.count) {
        case (ledger?, 1), (jobs?, 3): true
        case (stores?, 2): path.hasSuffix(".sqlite")
        default: false
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...longestName).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// A SQLite file that may be written to meanwhile.
    package struct Database: Sendable {
        /// Within the data folder.
        var path: String
        /// Keeps everybody from writing to it while it runs what it is given.
        var hold: @Sendable (() throws -> Void) throws -> Void

        package init(path: String, hold: @escaping @Sendable (() throws -> Void) throws -> Void) {
            self.path = path
            self.hold = hold
        }
    }

    let folder: String
    let databases: [Database]

    /// Of a folder that this process writes to.
    package init(folder: String, databases: [Database]) {
        self.folder = folder
        self.databases = databases
    }

    /// Of a folder whose lock this process has, and that nothing writes to.
    package init(resting folder: String) {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Self.stores)")) ?? []
        let stores = files.filter { $0.hasSuffix(".sqlite") }.sorted().map { "\(Self.stores)/\($0)" }
        let found = (stores + [Self.ledger]).filter { FileBytes.type(of: "\(folder)/\($0)") != nil }
        self.init(folder: folder, databases: found.map { Database(path: $0) { try $0() } })
    }

    /// Returns whether an open folder holds data, or a restore that has not ended.
    /// - Parameter other: Another name that counts as data.
    package static func exist(in folder: Int32, orAlso other: String? = nil) throws -> Bool {
        for name in [ledger, Restoration.folderName, other].compactMap(\.self) {
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 else { return true }
            guard errno == ENOENT else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }
        return false
    }

    package var isEmpty: Bool { databases.isEmpty }

    /// Throws where the folder's disk has no room for as much once more: a restore lies beside what it replaces. Blocks.
    package func checkRoomForAnother() throws { try FileBytes.checkRoom(for: bytes(), in: folder) }

    /// All of it as it is at one moment.
    ///
    /// Nobody writes to a database then. Files of jobs only grow, and are written before what refers to them: as much as
    /// they hold at that moment is what a job needs to go on from there, as it would after a power cut.
    func snapshot() throws -> DataSnapshot {
        var snapshot = DataSnapshot()
        try take(databases[...], into: &snapshot)
        return snapshot
    }

    private func take(_ rest: ArraySlice<Database>, into snapshot: inout DataSnapshot) throws {
        guard let database = rest.first else {
            snapshot.files = jobFiles()
            return
        }
        try database.hold {
            snapshot.databases.append((database.path, try SQLiteSnapshot(of: "\(folder)/\(database.path)")))
            try take(rest.dropFirst(), into: &snapshot)
        }
    }

    private func jobFiles() -> [(path: String, bytes: Int)] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Self.jobs)")) ?? []
        return ids.sorted().flatMap { id in
            // What is still being received lies beside the folders of jobs, and belongs to none.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Self.jobs)/\(id)")) ?? []
            return names.sorted().map { name in
                let path = "\(Self.jobs)/\(id)/\(name)"
                return (path, FileBytes.count(of: "\(folder)/\(path)"))
            }
        }
    }

    /// Bytes on the disk of all that would be copied, about.
    func bytes() -> Int {
        let files = databases.flatMap { ["\($0.path)", "\($0.path)-wal"] }.map {
            FileBytes.count(of: "\(folder)/\($0)")
        }
        return (files + jobFiles().map(\.bytes)).clampedSum
    }
}

struct DataSnapshot {
    var databases: [(path: String, snapshot: SQLiteSnapshot)] = []
    var files: [(path: String, bytes: Int)] = []
}
