package import Foundation
import KVModel

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

    private(set) var format = currentFormat
    package var name: String
    package var createdAt: Date
    /// Of the program that made it.
    package var version: String
    package var files: [File]

    /// To the second, as it is written.
    package static var now: Date { Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)) }

    package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    init(name: String, createdAt: Date, version: String, files: [File]) {
        self.name = name
        self.createdAt = createdAt
        self.version = version
        self.files = files
    }

    /// Throws `invalid_request` where there is none, or one that cannot be trusted.
    package init(in folder: String) throws {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.fileName)") else {
            throw KVError(.invalidRequest, "\(folder) is no backup: it has no \(Self.fileName).")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw KVError(.invalidRequest, "\(folder)/\(Self.fileName) cannot be read.", cause: "\(error)")
        }
        guard format == Self.currentFormat else {
            throw KVError(.invalidRequest, "\(folder) was made by a newer version of KV Manager; use that one.")
        }
        guard files.allSatisfy({ Self.isWithin($0.path) }) else {
            throw KVError(.invalidRequest, "\(folder)/\(Self.fileName) names files outside of the backup.")
        }
    }

    private static func isWithin(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return DataContents.names.contains(String(parts[0])) && parts.allSatisfy { !["", ".", ".."].contains($0) }
    }

    func write(into folder: String) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileBytes.write(encoder.encode(self) + [UInt8(ascii: "\n")], to: "\(folder)/\(Self.fileName)")
    }
}
