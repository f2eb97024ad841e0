import ArgumentParser
import Foundation
import KVAPI
import KVBackup
import KVClient
import KVFiles
import KVModel
import KVServer
import NIOHTTP1

/// Creates and reads backups for a command: a server, or this process if no server runs on the data folder.
enum BackupHolder: Sendable {
    private static let path = "/api/backups"
    /// Seconds for which the server may delay a response until something changes.
    private static let wait = 20

    case server(Session)
    case folder(data: DataFolder, backups: BackupFolder)

    static func with(
        _ connection: ConnectionOptions, _ option: BackupsOption, _ work: (BackupHolder) async throws -> Void
    ) async throws {
        switch try await connection.target(option.given, requiring: .dataOrBackups) {
        case .server(let address, let headers):
            guard option.backups == nil else {
                throw CommandFailure(
                    "The server at \(address) runs on the data folder, and has a folder of backups set; leave out --backups."
                )
            }
            try await connection.with(address, headers, isOwn: false) { try await work(.server($0)) }
        case .folder(let data, let settings):
            try settings.checkBackups()
            try TrustedFolder.checkForRoot(settings.backups)
            try await work(.folder(data: data, backups: BackupFolder(path: settings.backups)))
        }
    }

    func list() async throws -> [APIAnswer<API.Backup>] {
        switch self {
        case .server(let session):
            var all: [APIAnswer<API.Backup>] = []
            try await session.client.each(of: "backups", at: Self.path, as: API.Backup.self) { all.append($0) }
            return all
        case .folder(_, let backups):
            return try await Blocking.run { backups.list() }.map { try Self.answer(Backups.Backup($0)) }
        }
    }

    /// Returns the backup when it is complete or has failed.
    func create() async throws -> APIAnswer<API.Backup> {
        switch self {
        case .server(let session):
            let made = try await session.client.send(.POST, Self.path, json: nil, for: API.Backup.self)
            return try await end(of: made, session) { $0.state == .creating }
        case .folder(let data, let backups):
            let manifest = try await Blocking.runCancellable { goOn in
                let now = BackupManifest.now
                return try backups.create(
                    backups.newName(at: now), of: DataContents(resting: data.path), version: Version.current, at: now,
                    goOn: goOn)
            }
            return try Self.answer(Backups.Backup(manifest))
        }
    }

    func verify(_ name: String) async throws -> APIAnswer<API.Backup> {
        switch self {
        case .server(let session):
            let begun = try await session.client.send(
                .POST, "\(Self.backup(name))/verify", json: nil, for: API.Backup.self)
            return try await end(of: begun, session) { $0.check?.state == .running }
        case .folder(_, let backups):
            let place = try backups.place(of: name)
            let faults = try await Blocking.runCancellable { try BackupCheck.faults(of: place, goOn: $0) }
            let check: Backups.Backup.Check =
                faults.isEmpty ? .passed(at: Date()) : .failed(at: Date(), faults: faults)
            return try Self.answer(Backups.Backup(BackupManifest(in: place), check: check))
        }
    }

    private func end(
        of begun: APIAnswer<API.Backup>, _ session: Session, while isAtWork: (API.Backup) -> Bool
    ) async throws -> APIAnswer<API.Backup> {
        var backup = begun
        while isAtWork(backup.body) {
            backup = try await session.client.get(
                "\(Self.backup(backup.name))?wait=\(Self.wait)", as: API.Backup.self)
        }
        return backup
    }

    /// The answer of a server to a request for the backup.
    private static func answer(_ backup: Backups.Backup) throws -> APIAnswer<API.Backup> {
        try APIAnswer(JSONNode(API.Backup(backup).json))
    }

    private static func backup(_ name: String) -> String { "\(path)/\(PercentCoding.encode(name))" }
}
