import Foundation
import KVFiles
package import KVLedger
import KVModel

/// The files of jobs: uploads and exports, in a folder for each job within the data folder.
package struct JobFiles: Sendable {
    /// How long files are kept.
    static let maximumAge = TimeInterval(7 * 24 * 3_600)

    private let folder: String

    package init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Of the data folder in which the folder of jobs lies.
    package var survey: StorageSurvey {
        StorageSurvey(folder: URL(fileURLWithPath: folder).deletingLastPathComponent().path)
    }

    /// Where something that is being received lies until it belongs to a job.
    package func temporary() -> String { "\(folder)/receiving-\(UUID().uuidString.lowercased())" }

    package func download(of id: JobID) -> String { "\(folder)/\(id)/export" }
    /// The size in bytes of a job's export file on the disk, or nil if it does not exist.
    package func downloadBytes(of id: JobID) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: download(of: id))
        return (attributes?[.size] as? NSNumber)?.intValue
    }

    package func upload(of id: JobID) -> String { "\(folder)/\(id)/upload" }
    func journal(of id: JobID) -> String { "\(folder)/\(id)/journal" }

    func makeFolder(of id: JobID) throws {
        try FileManager.default.createDirectory(
            atPath: "\(folder)/\(id)", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func adopt(_ path: String, asUploadOf id: JobID) throws {
        try makeFolder(of: id)
        try FileManager.default.moveItem(atPath: path, toPath: upload(of: id))
    }

    /// Gives a job the upload of another as well. Throws `not_found` when it is gone.
    func share(uploadOf other: JobID, with id: JobID) throws {
        try makeFolder(of: id)
        do {
            try FileManager.default.linkItem(atPath: upload(of: other), toPath: upload(of: id))
        } catch {
            throw KVError(
                .nothingToRetry, "The file of the job \"\(other)\" has been removed by age; import it again.",
                cause: "\(error)")
        }
    }

    /// The file that an export writes: new, or cut back to the end of its last finished batch.
    func openDownload(of id: JobID, keeping kept: Int) throws -> OutputFile {
        try makeFolder(of: id)
        return try OutputFile(path: download(of: id), keeping: kept)
    }

    func hasJournal(of id: JobID) -> Bool { FileManager.default.fileExists(atPath: journal(of: id)) }

    /// Blocks.
    func openJournal(of job: Job, at checkpoint: JobCheckpoint?) throws -> Journal {
        try makeFolder(of: job.id)
        return try Journal(
            path: journal(of: job.id), checkpoint: checkpoint, keepsPreImages: job.keepsPreImages ?? false,
            freeBytes: { freeBytes() })
    }

    /// Removes the files of a job, and another one, off the cooperative pool. Returns when they are gone.
    func removeFiles(of id: JobID, and path: String? = nil) async {
        await withCheckedContinuation { done in
            // Not by a task of its own: what is cancelled is to be removed as well.
            Blocking.start {
                for path in ["\(folder)/\(id)", path].compactMap(\.self) { remove(path) }
                done.resume()
            }
        }
    }

    /// Has a file removed soon, off the event loops: to unlink a large one takes long.
    package func discard(_ path: String) {
        Blocking.start { remove(path) }
    }

    /// Blocks. A file that is not there, or cannot be removed, is left to the removal by age.
    private func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes what was being received when the program died.
    func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix("receiving-") { remove("\(folder)/\(name)") }
    }

    /// Removes the folders of jobs whose files nothing was written to since `date`, but for those of `kept`; tells which.
    func removeUntouched(since date: Date, but kept: Set<JobID>) -> [JobID] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { JobID($0) }.filter { id in
            guard !kept.contains(id), let last = lastChange(in: "\(folder)/\(id)"), last < date else { return false }
            remove("\(folder)/\(id)")
            return true
        }
    }

    private func lastChange(in folder: String) -> Date? {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let changes = ([folder] + files.map { "\(folder)/\($0)" }).compactMap {
            try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date
        }
        return changes.max()
    }

    /// What a compressed upload may expand to: half of the free disk, since its entries have to lie there in the end.
    package var expansionLimit: Int { freeBytes() / 2 }

    /// Bytes that may still be written to the disk: what is free, less the reserve.
    ///
    /// - Parameter usesReserve: Whether what is written may take half of the reserve.
    package func freeBytes(usesReserve: Bool = false) -> Int {
        let reserve = DiskReserve(at: folder)
        return usesReserve ? reserve.availableBytesWithReserve : reserve.availableBytes
    }
}
