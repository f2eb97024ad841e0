import Foundation
import KVBackup
import KVFiles
import KVModel

/// A version of the program that is installed beside others.
struct Release: Codable, Sendable {
    var version: String
    /// Hexadecimal digits.
    var sha256: String
    var installedAt: Date
    /// Nil where that version does not tell.
    var formats: DataFormats?

    /// Whether the data of the other can be taken as it is, in both directions.
    func sharesData(with other: Release) -> Bool { formats != nil && formats == other.formats }
}

/// What is made active when. It is noted before.
struct Activation: Codable, Sendable {
    var at: Date
    var version: String
    /// What was active before.
    var former: String?
    /// The backup of the data as the former one left it, where the new one writes other formats.
    var backup: String?
}

/// A folder of installed versions: `releases/VERSION/kv-manager`, `current`, a link to one of them, and `activations.ndjson`.
/// Blocks.
struct ReleaseFolder: Sendable {
    private static let program = "kv-manager"

    let path: String

    private var releases: String { "\(path)/releases" }
    private var link: String { "\(path)/current" }
    private var history: String { "\(path)/activations.ndjson" }

    /// Makes the folder if it is not there, and takes it for as long as the descriptor is open.
    func hold() throws -> Int32 {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try checkForRoot()
        let lock: Int32
        do {
            lock = try TrustedFile.open("\(path)/lock", O_RDWR | O_CREAT)
        } catch let error as POSIXError {
            throw CommandFailure("\(path) cannot be written: \(String(cString: strerror(error.code.rawValue))).")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw CommandFailure("Another command installs or activates a version in \(path); wait for its end.")
        }
        return lock
    }

    /// Root runs the programs in the folder, so nobody else may put one there.
    private func checkForRoot() throws {
        guard geteuid() == 0, let owner = FolderOwner(of: path) else { return }
        guard owner.user == 0, !owner.othersMayWrite else {
            throw CommandFailure(
                "Other users than root may write to \(path), and root runs what is in it. Make it root's alone: chown root \(path) && chmod go-w \(path)"
            )
        }
    }

    func program(of version: String) -> String { "\(releases)/\(version)/\(Self.program)" }

    /// The one installed last comes first.
    func list() -> [Release] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: releases)) ?? []
        return names.compactMap { try? release($0) }.sorted { $0.installedAt > $1.installedAt }
    }

    /// Throws where it is not installed.
    func release(_ version: String) throws -> Release {
        guard Self.isVersion(version),
            let data = FileManager.default.contents(atPath: "\(releases)/\(version)/release.json")
        else { throw CommandFailure("Version \(version) is not installed in \(path).") }
        do {
            return try Self.decoder.decode(Release.self, from: data)
        } catch {
            throw CommandFailure(
                "\(releases)/\(version)/release.json is damaged; remove that folder, and install the version again.")
        }
    }

    /// Throws where the program is not the one that was installed.
    func check(_ release: Release) throws {
        let program = program(of: release.version)
        guard try FileBytes.sha256(of: program) == release.sha256 else {
            throw CommandFailure(
                "\(program) has changed since it was installed. Remove its folder, and install it again.")
        }
    }

    private static func isVersion(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z.+-]{0,63}/) != nil
    }

    /// Copies a program into the folder of its version. The same one again changes nothing.
    func install(_ program: String, version: String, formats: DataFormats?) throws -> Release {
        guard Self.isVersion(version) else {
            throw CommandFailure("\(program) calls itself \"\(version)\", which is no version.")
        }
        let sha256 = try FileBytes.sha256(of: program)
        if let there = try? release(version) {
            guard there.sha256 == sha256 else {
                throw CommandFailure("Another program of version \(version) is installed; remove that one first.")
            }
            try check(there)
            return there
        }
        let release = Release(version: version, sha256: sha256, installedAt: BackupManifest.now, formats: formats)
        let unfinished = "\(releases)/.\(version).partial"
        try? FileManager.default.removeItem(atPath: unfinished)
        // Once it has its name, there is none.
        defer { try? FileManager.default.removeItem(atPath: unfinished) }
        try FileManager.default.createDirectory(
            atPath: unfinished, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        _ = try FileBytes.copy(program, to: "\(unfinished)/\(Self.program)", mode: 0o755)
        try DurableFiles.create(Self.encoder.encode(release), at: "\(unfinished)/release.json", mode: 0o644)
        guard try FileBytes.sha256(of: "\(unfinished)/\(Self.program)") == sha256 else {
            throw CommandFailure("\(program) changed while it was copied; install it again.")
        }
        try DurableFiles.synchronize(folder: unfinished)
        // What is there without a description was not installed to its end.
        try? FileManager.default.removeItem(atPath: "\(releases)/\(version)")
        try DurableFiles.move(unfinished, to: "\(releases)/\(version)")
        return release
    }

    func remove(_ release: Release) throws {
        try FileManager.default.removeItem(atPath: "\(releases)/\(release.version)")
    }

    // MARK: The one that is active

    /// The version that `current` leads to; nil where it leads nowhere.
    var current: String? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: link)).map { ($0 as NSString).lastPathComponent }
    }

    /// At once: whoever starts `current` meanwhile gets the one or the other. Nil: none is active any more.
    func activate(_ version: String?) throws {
        guard let version else {
            if current != nil { try FileManager.default.removeItem(atPath: link) }
            return
        }
        let new = "\(link).new"
        try? FileManager.default.removeItem(atPath: new)
        try FileManager.default.createSymbolicLink(atPath: new, withDestinationPath: "releases/\(version)")
        try DurableFiles.move(new, to: link)
    }

    /// Of what is active now; nil where that was not made so by `release`.
    var activation: Activation? { notes.last.flatMap { $0.version == current ? $0 : nil } }

    /// Of a version that was about to become active when whatever did that was killed; nil where there is none.
    var interrupted: Activation? {
        notes.last.flatMap { $0.version != current && $0.former == current ? $0 : nil }
    }

    /// Notes again how the version became active that is, after another one was about to.
    func forgetInterrupted() throws {
        guard let current else { return }
        let own = notes.dropLast().last.flatMap { $0.version == current ? $0 : nil }
        try note(own ?? Activation(at: BackupManifest.now, version: current, former: nil, backup: nil))
    }

    /// The oldest first.
    private var notes: [Activation] {
        let lines = FileManager.default.contents(atPath: history)?.split(separator: UInt8(ascii: "\n")) ?? []
        return lines.compactMap { try? Self.decoder.decode(Activation.self, from: Data($0)) }
    }

    func note(_ activation: Activation) throws {
        var lines = FileManager.default.contents(atPath: history) ?? Data()
        lines += try Self.encoder.encode(activation) + [UInt8(ascii: "\n")]
        try DurableFiles.replace(history, with: lines, mode: 0o644)
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
