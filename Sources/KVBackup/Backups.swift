package import Foundation
import KVFiles
package import KVModel
package import Logging
import ServiceLifecycle
import Synchronization

/// Backups of a data folder that is at work: one is made or checked at a time.
package final class Backups: Service {
    /// What is known of one.
    package struct Backup: Sendable {
        package enum State: String, CaseIterable, Sendable {
            case creating, complete, failed
        }

        package enum Check: Sendable {
            case running
            case passed(at: Date)
            /// What is wrong, in words.
            case failed(at: Date, faults: [String])
        }

        package var name: String
        package var state: State
        package var createdAt: Date
        package var version: String
        package var files = 0
        package var bytes = 0
        /// Why it failed.
        package var error: KVError?
        /// Its latest check since the start of the program.
        package var check: Check?
    }

    private enum Work: Sendable {
        case create(name: String, at: Date)
        case check(name: String)
    }

    /// How many that failed are remembered.
    private static let failuresKept = 20

    private struct State {
        /// The backup that is being made or checked.
        var busy: String?
        var failed: [Backup] = []
        var making: Backup?
        var checks: [String: Backup.Check] = [:]
        var waiting: [UUID: AsyncStream<Void>.Continuation] = [:]
    }

    package let folder: BackupFolder
    private let contents: DataContents
    private let version: String
    private let logger: Logger
    private let state = Mutex(State())
    private let work: AsyncStream<Work>
    private let toDo: AsyncStream<Work>.Continuation

    package init(folder: BackupFolder, contents: DataContents, version: String, logger: Logger) {
        self.folder = folder
        self.contents = contents
        self.version = version
        self.logger = logger
        (work, toDo) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Begins one, and returns at once. Throws `backup_at_work` while another is made or checked, `too_many_backups` while the
    /// folder holds as many as it may, and `disk_full` where the backup would take what is to stay free of the disk.
    package func create() async throws -> Backup {
        let now = BackupManifest.now
        let name = try await Blocking.run { [folder, contents] in
            try folder.checkRoom(for: contents)
            return folder.newName(at: now)
        }
        let backup = Backup(name: name, state: .creating, createdAt: now, version: version)
        try begin(name) { $0.making = backup }
        toDo.yield(.create(name: name, at: now))
        return backup
    }

    /// Begins to check one, and returns at once. Throws `backup_not_found`, and `backup_at_work` as above.
    package func check(_ name: String) async throws -> Backup {
        _ = try await Blocking.run { [folder] in try folder.place(of: name) }
        try begin(name) { $0.checks[name] = .running }
        toDo.yield(.check(name: name))
        return try await backup(name)
    }

    private func begin(_ name: String, _ note: (inout State) -> Void) throws(KVError) {
        let busy = state.withLock { state -> String? in
            if let busy = state.busy { return busy }
            state.busy = name
            note(&state)
            return nil
        }
        if let busy {
            throw KVError(.backupAtWork, "The backup \(busy) is being made or checked; wait for its end.")
        }
    }

    /// The newest first. Reads the folder.
    package func list() async throws -> [Backup] {
        let manifests = try await Blocking.run { [folder] in folder.list() }
        return state.withLock { state in
            let known = manifests.map { Backup($0, check: state.checks[$0.name]) }
            return (known + state.failed + (state.making.map { [$0] } ?? [])).sorted { $0.name > $1.name }
        }
    }

    private func backup(_ name: String) async throws -> Backup {
        let (unfinished, check) = state.withLock { state in
            ((state.failed + (state.making.map { [$0] } ?? [])).first { $0.name == name }, state.checks[name])
        }
        if let unfinished { return unfinished }
        let manifest = try await Blocking.run { [folder] in try BackupManifest(in: folder.place(of: name)) }
        return Backup(manifest, check: check)
    }

    /// What is known of it when nothing is done to it any more, or after `seconds`. Throws `backup_not_found`.
    package func backup(_ name: String, waiting seconds: Double) async throws -> Backup {
        let id = UUID()
        let (ends, end) = AsyncStream<Void>.makeStream()
        let isAtWork = state.withLock { state in
            if state.busy == name { state.waiting[id] = end }
            return state.busy == name
        }
        if isAtWork {
            defer { _ = state.withLock { $0.waiting.removeValue(forKey: id) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in ends { return } }
                group.addTask { try await Task.sleep(for: .seconds(seconds)) }
                group.addTask { try await gracefulShutdown() }
                try await group.next()
                group.cancelAll()
            }
        }
        return try await backup(name)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await item in work {
                await perform(item)
                let waiting = state.withLock { state in
                    state.busy = nil
                    defer { state.waiting = [:] }
                    return state.waiting.values
                }
                for continuation in waiting { continuation.finish() }
            }
        }
    }

    private func perform(_ item: Work) async {
        switch item {
        case .create(let name, let date): await make(name, at: date)
        case .check(let name): await check(at: name)
        }
    }

    private func make(_ name: String, at date: Date) async {
        do {
            let manifest = try await Blocking.runCancellable { [folder, contents, version] goOn in
                try folder.create(name, of: contents, version: version, at: date, goOn: goOn)
            }
            state.withLock { $0.making = nil }
            logger.notice("Backup made", metadata: ["backup": "\(name)", "bytes": "\(manifest.bytes)"])
        } catch {
            let told = Self.told(error)
            logger.error("Backup failed", metadata: ["backup": "\(name)", "error": "\(error)"])
            state.withLock { state in
                guard var failed = state.making else { return }
                state.making = nil
                failed.state = .failed
                failed.error = told
                state.failed = state.failed.suffix(Self.failuresKept - 1) + [failed]
            }
        }
    }

    private func check(at name: String) async {
        let faults: [String]
        do {
            faults = try await Blocking.runCancellable { [folder] goOn in
                try BackupCheck.faults(of: folder.place(of: name), goOn: goOn)
            }
        } catch {
            faults = [Self.told(error).detail]
        }
        if !faults.isEmpty {
            logger.error("Backup is not whole", metadata: ["backup": "\(name)", "faults": "\(faults)"])
        }
        state.withLock { $0.checks[name] = faults.isEmpty ? .passed(at: Date()) : .failed(at: Date(), faults: faults) }
    }

    private static func told(_ error: any Error) -> KVError {
        switch error {
        case let error as KVError: error
        case let error as UntrustedFile: KVError(.storeUnavailable, error.description)
        case is CancellationError: KVError(.interrupted, "KV Manager ended while this was running; start it again.")
        default: KVError(.internalError, "Internal error. See the server log for the reason.")
        }
    }
}

extension Backups.Backup {
    package init(_ manifest: BackupManifest, check: Check? = nil) {
        self.init(
            name: manifest.name, state: .complete, createdAt: manifest.createdAt, version: manifest.version,
            files: manifest.files.count, bytes: manifest.bytes, check: check)
    }
}
