import Foundation
import KVAPI
import KVBackup
import KVClient
import KVFiles
import KVModel
import NIOHTTP1
import Subprocess

/// Brings another version to work in the place of the one that is active, and goes back by itself where that fails.
struct SwitchOver: Sendable {
    /// How often it is looked whether something has come about.
    private static let pause = Duration.milliseconds(20)
    /// How long a verification may take besides its watching: its jobs stand in line with those of others.
    private static let verification = Duration.seconds(3_600)
    /// Milliseconds, p99, beyond which a version is too slow, whatever others do.
    private static let slow = 10_000
    /// How long one more is waited for a program that has been told to end, and has not.
    private static let lastPatience = Duration.seconds(15)

    let releases: ReleaseFolder
    let hook: ServiceHook
    let settings: Settings
    /// The address at which the new version is verified; nil: the one that it tells of.
    let server: String?
    let trust: TrustOptions
    /// Seconds for which it is watched.
    let watch: Int
    /// How long the old one may take to end, and the new one to be ready.
    let patience: Duration

    /// - Parameter backup: What the data becomes: a backup's folder; nil: it stays as it is.
    func run(to target: Release, restoring backup: String? = nil) async throws {
        let former = try releases.current.map { try releases.release($0) }
        let activation = releases.activation
        try releases.check(target)
        try await check(former, backup)
        var safety: String?
        do {
            try await exchange(former, for: target, restoring: backup) { safety = $0 }
            try await start(target)
            try await verify(target)
        } catch {
            try await goBack(to: former, activation, restoring: safety, because: error)
        }
    }

    /// Returns when that version runs, whether it did before or not.
    func start(again version: String) async throws { try await start(releases.release(version)) }

    /// What would keep any version from its verification is found before something is stopped.
    private func check(_ former: Release?, _ backup: String?) async throws {
        _ = try await trust.certificates()
        if server != nil { _ = try ServerHeaders.given() }
        let address = try await address() ?? ""
        guard !address.hasPrefix("https://0.0.0.0:"), !address.hasPrefix("https://[::]:") else {
            throw CommandFailure(
                "\(address) is not a name that a certificate can be for; set the public address with --server.",
                status: ExitStatus.usage)
        }
        try settings.checkDataFolder()
        try settings.checkBackups()
        if let former, try await asOwner({ DataContents(resting: settings.dataFolder).isEmpty }) {
            throw CommandFailure(
                "\(settings.dataFolder) holds no data of KV Manager; set the data folder of version \(former.version) with --data."
            )
        }
        try await asOwner {
            // The default folder may be new.
            if FolderOwner(of: settings.dataFolder) != nil { try DataFolder.check(settings.dataFolder) }
            try TrustedFolder.checkForRoot(settings.backups)
            if let backup { try await Blocking.runCancellable { goOn in try Self.checkIsWhole(backup, goOn: goOn) } }
        }
    }

    /// Runs what touches the data folder, as the user that the folder belongs to. Only root can do the rest: tell the service
    /// manager what to do, and write the folder of versions.
    private func asOwner<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        guard let owner = FolderOwner(of: settings.dataFolder) else { return try await work() }
        return try await owner.whileBecome(work)
    }

    /// Who announces to hold the data folder.
    private func holder() async throws -> FolderHolder? {
        try await asOwner { DataFolder.holder(of: settings.dataFolder) }
    }

    /// The address at which the version is verified; nil where nobody announces one.
    private func address() async throws -> String? {
        if let server { return server }
        return try await holder()?.address
    }

    /// Ends the program, saves its data where the versions do not share it, makes the new one active, and puts a backup in the
    /// data's place where there is one. Wherever this is cut off, what is noted tells the way back.
    /// - Parameter saved: Told the backup's folder.
    private func exchange(
        _ former: Release?, for target: Release, restoring backup: String?, _ saved: (String) -> Void
    ) async throws {
        let folder = try await stop()
        defer { withExtendedLifetime(folder) {} }
        let contents = try await asOwner { DataContents(resting: folder.path) }
        var safety: String?
        if !contents.isEmpty, former.map({ !target.sharesData(with: $0) }) ?? true {
            let place = try await save(contents, of: former)
            saved(place)
            safety = place
            try await asOwner { try await Blocking.run { try contents.checkRoomForAnother() } }
        }
        try releases.note(
            Activation(at: BackupManifest.now, version: target.version, former: former?.version, backup: safety))
        try releases.activate(target.version)
        if let backup { try await restore(backup, to: folder) }
    }

    /// Returns the backup's folder.
    private func save(_ contents: DataContents, of former: Release?) async throws -> String {
        await Self.say("Saving the data, which this version may write in another format…")
        let backups = BackupFolder(path: URL(fileURLWithPath: settings.backups).path)
        let place = try await asOwner {
            try await Blocking.runCancellable { goOn in
                let now = BackupManifest.now
                let manifest = try backups.create(
                    backups.newName(at: now), of: contents, version: former?.version ?? Version.current, at: now,
                    goOn: goOn)
                return try backups.place(of: manifest.name)
            }
        }
        await Self.say("Saved: \(place)")
        return place
    }

    private static func checkIsWhole(_ backup: String, goOn: () throws -> Void) throws {
        let faults = try BackupCheck.faults(of: backup, goOn: goOn)
        guard faults.isEmpty else {
            throw CommandFailure("The backup \(backup) is not whole: \(faults.joined(separator: " "))")
        }
    }

    private func restore(_ backup: String, to folder: DataFolder) async throws {
        let aside = try await asOwner {
            try await Blocking.runCancellable { goOn in
                try Self.checkIsWhole(backup, goOn: goOn)
                return try Restoration(of: folder.path).restore(backup, goOn: goOn)
            }
        }
        await Self.say("The data is that of \(backup) again\(aside.map { "; what was there lies in \($0)" } ?? "").")
    }

    /// Returns the data folder, which nobody else has as long as that value lives.
    private func stop() async throws -> DataFolder {
        let deadline = ContinuousClock.now + patience
        let isSuccess = try await hook.stopProgram(within: patience)
        return try await folder(until: deadline, isSuccess ? "" : ", and the command to stop it failed")
    }

    private func folder(until deadline: ContinuousClock.Instant, _ words: String = "") async throws -> DataFolder {
        while true {
            do {
                return try await asOwner { try settings.takeDataFolder(requiring: .folder()) }
            } catch let error as DataFolder.InUse {
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure("The program did not end: \(error.path) is still in use\(words).")
                }
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Returns when it is ready.
    private func start(_ release: Release) async throws {
        let deadline = ContinuousClock.now + patience
        try await hook.startProgram(within: patience)
        while true {
            if let holder = try await holder(),
                let version = await Self.readyVersion(at: holder)
            {
                guard version == release.version else {
                    throw CommandFailure(
                        "Version \(version) was started, not \(release.version): let \(hook.service ?? "the command to start it") run \(releases.path)/current/kv-manager."
                    )
                }
                return
            }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    "Version \(release.version) was not ready within \(patience.components.seconds) s.")
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Of the server there; nil while it is not ready.
    private static func readyVersion(at holder: FolderHolder) async -> String? {
        let headers: HTTPHeaders = holder.commands.map { ["X-Command-Key": $0.key] } ?? [:]
        guard let client = try? APIClient(holder.commands?.address ?? holder.address, headers: headers) else {
            return nil
        }
        let version: String?
        do {
            _ = try await client.get("/readyz", as: API.Health.self)
            version = try await client.get("/api/version", as: API.Version.self).version
        } catch {
            version = nil
        }
        try? await client.shutdown()
        return version
    }

    /// By the checks that the version brings along itself.
    private func verify(_ release: Release) async throws {
        guard let address = try await address() else {
            throw CommandFailure("Version \(release.version) ended again.")
        }
        var arguments = ["verify", "--server", address, "--expect-version", release.version, "--watch", String(watch)]
        // Others may be at work: how much they do says nothing about the version.
        for limit in ["--max-idle-requests-per-minute", "--max-websockets", "--max-throttled"] {
            arguments += [limit, String(Int32.max)]
        }
        arguments += ["--max-p99", String(Self.slow)]
        if let file = trust.file { arguments += ["--ca-cert", file] }
        // They are for the server that is named, and this one is not.
        let headers = Setting.serverHeaders.variable
        let status = try await Child.follow(
            releases.program(of: release.version), arguments,
            without: server == nil ? [headers, "\(headers)_FILE"] : [],
            limit: .seconds(watch) + Self.verification
        ) { line in try? await Console.print(line) }
        guard status.isSuccess else {
            throw CommandFailure("Version \(release.version) does not pass its verification, which \(status.words).")
        }
    }

    /// Always throws: it is not what was asked for.
    private func goBack(
        to former: Release?, _ activation: Activation?, restoring safety: String?, because error: any Error
    ) async throws -> Never {
        let reason = Self.words(error)
        await Self.say("\(reason) Going back to \(former?.version ?? "what was there")…")
        do {
            let folder = try await stop()
            if let safety { try await restore(safety, to: folder) }
            try releases.activate(former?.version)
        } catch {
            if let former, releases.current == former.version {
                // It may have been about to end all the time; what is started before it has ended does not stay.
                _ = try? await self.folder(until: .now + Self.lastPatience)
                try? await start(former)
            }
            throw CommandFailure(
                "\(reason) And going back failed: \(Self.words(error)) \(releases.path)/current leads to \(releases.current ?? "nothing")"
                    + (safety.map { "; the former data is in \($0)." } ?? "; the data is as it was."))
        }
        guard let former else { throw CommandFailure("\(reason) No version is active.") }
        do {
            // The last note is about what is active.
            try releases.note(
                activation ?? Activation(at: BackupManifest.now, version: former.version, former: nil, backup: nil))
            try await start(former)
        } catch {
            throw CommandFailure(
                "\(reason) Version \(former.version) is active again, but not ready: \(Self.words(error))")
        }
        throw CommandFailure("\(reason) Version \(former.version) is active again.")
    }

    /// Nobody may be there any more to read it: that stops nothing half way.
    private static func say(_ text: String) async { try? await Console.tell(TerminalText.visible(text)) }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as CommandFailure: error.detail
        case let error as KVError: error.detail
        case let error as UntrustedFile: error.description
        default: "It broke off: \(error)."
        }
    }
}
