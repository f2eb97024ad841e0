package import Foundation
import KVFiles
package import KVModel

/// What a backup holds: `manifest.json` in its folder.
package struct BackupManifest: Codable, Sendable {
    package struct File: Codable, Sendable {
        /// Within the backup as within the data folder.
        package var path: String
        package var bytes: Int
        /// In hexadecimal digits.
        package var sha256: String
    }

    static let fileName = "manifest.json"
    private static let currentFormat = 1
    /// Bytes of a manifest: it names some 400,000 files.
    private static let longest = 64 << 20
    private static let longestVersion = 64
    private static let digits = Set("0123456789abcdef".utf8)

    private(set) var format = currentFormat
    package var name: String
    package var createdAt: Date
    /// Of the program that made it.
    package var version: String
    package var files: [File]

    /// To the second, as it is written.
    package static var now: Date { Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)) }

    package var bytes: Int { files.map(\.bytes).clampedSum }

    init(name: String, createdAt: Date, version: String, files: [File]) {
        self.name = name
        self.createdAt = createdAt
        self.version = version
        self.files = files
    }

    /// Returns whether a folder has a manifest, whatever is in it.
    package static func exists(in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(fileName)")
    }

    /// Throws `invalid_request` where there is none, or one that cannot be trusted.
    package init(in folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        let data: Data?
        do {
            data = try TrustedFile.contents(path, limit: Self.longest, isOwn: false)
        } catch let error as UntrustedFile {
            throw KVError(.invalidRequest, error.description)
        } catch {
            throw KVError(.invalidRequest, "\(path) cannot be read.", cause: "\(error)")
        }
        guard let data else {
            throw KVError(.invalidRequest, "\(folder) is no backup: it has no \(Self.fileName).")
        }
        try self.init(data, in: folder)
    }

    /// Reads the bytes of a manifest, of which nothing is trusted. Throws `invalid_request`.
    package init(_ data: Data, in folder: String) throws(KVError) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw KVError(.invalidRequest, "\(folder)/\(Self.fileName) cannot be read: it is not a manifest.")
        }
        guard format == Self.currentFormat else {
            throw KVError(.invalidRequest, "\(folder) was created by a newer version of KV Manager; use that version.")
        }
        guard files.allSatisfy({ DataContents.isFile($0.path) }) else {
            throw KVError(.invalidRequest, "\(folder)/\(Self.fileName) names files outside of the backup.")
        }
        guard BackupFolder.isName(name), version.utf8.count <= Self.longestVersion,
            Set(files.map(\.path)).count == files.count, files.allSatisfy(\.isPossible), bytes < .max
        else {
            throw KVError(
                .invalidRequest,
                "\(folder)/\(Self.fileName) is damaged: its name, its version, or the size or SHA-256 of a file is impossible."
            )
        }
    }

    /// Throws `store_unavailable` where it would have more bytes than can be read again.
    func write(into folder: String) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(self) + [UInt8(ascii: "\n")]
        guard data.count <= Self.longest else {
            throw KVError(
                .storeUnavailable,
                "There are \(files.count) files of jobs, too many for one backup. Delete jobs that are not needed any more."
            )
        }
        try DurableFiles.create(data, at: "\(folder)/\(Self.fileName)")
    }

    fileprivate static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(digits.contains)
    }
}

extension BackupManifest.File {
    fileprivate var isPossible: Bool { bytes >= 0 && BackupManifest.isDigest(sha256) }
}
