import Foundation
import KVModel
import KVTransfer
import Logging
import NIOPosix

/// What jobs work with: the stores, the files, the ledger's lists of keys. Here a kind of job becomes a source and a step.
struct JobWorkplace: Sendable {
    let stores: Stores
    let files: JobFiles
    let ledger: Ledger
    let book: AnnotationBook
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func perform(_ execution: inout JobExecution) async throws -> JobExecution.Ending {
        let job = execution.job
        let engine = try stores.store(named: job.store).engine
        if case .export(let selection, let form) = job.work {
            let step = try await export(of: job, form, at: execution.checkpoint)
            return try await execution.drive(
                entries(
                    selection, of: job, engine, for: engine, annotated: form.format.carriesAnnotations),
                into: step, noting: nil)
        }
        let journal = try await openJournal(of: job, at: execution.checkpoint)
        let own = Place(
            engine: engine, store: job.store, namespace: job.namespace, side: .own, journal: journal, book: book,
            wait: execution.storageWait)
        let target = try target(of: job, own)
        switch job.work {
        case .delete(let selection):
            let source = keys(selection, of: job, engine, limit: engine.traits.batches.delete)
            return try await execution.drive(
                source, into: Delete(place: own, isNamed: selection.isNamed), noting: journal)
        case .expire(let selection, let time):
            let source = keys(selection, of: job, engine, limit: engine.traits.batches.delete)
            let step = Expire(
                place: own, expiration: time.map { Expiration(stored: $0) }, isNamed: selection.isNamed)
            return try await execution.drive(source, into: step, noting: journal)
        case .copy(let selection, _, let collision):
            let step = Write(place: target, collision: collision, now: now)
            let source = entries(selection, of: job, engine, for: target.engine)
            return try await execution.drive(source, into: step, noting: journal)
        case .move(let selection, _, let collision):
            let step = Move(source: own, target: target, collision: collision, renamed: { $0 }, now: now)
            var source = entries(selection, of: job, engine, for: target.engine)
            source.isMoved = true
            return try await execution.drive(source, into: step, noting: journal)
        case .rename(let selection, let from, let to, let collision):
            let renaming = Renaming(from: from, to: to)
            let step = Move(
                source: own, target: target, collision: collision,
                renamed: { key throws(KVError) in try renaming.name(of: key) }, now: now)
            var source = entries(selection, of: job, engine, for: engine)
            source.isMoved = true
            source.excludedPrefix = renaming.excludedPrefix
            return try await execution.drive(source, into: step, noting: journal)
        case .importing(let format, let collision, let only, let isStrict):
            let start = execution.checkpoint?.source ?? .start
            if start == .start,
                let ending = try await execution.checkFile(
                    files.upload(of: job.id), maximumBytes: files.expansionLimit)
            {
                return ending
            }
            let source = try await file(
                of: job, format: format, isStrict: isStrict ?? false, only: only, from: start, for: engine)
            let step = Write(place: own, collision: collision, now: now)
            return try await execution.drive(source, into: step, noting: journal)
        case .tag(let selection, let change):
            let source = keys(selection, of: job, engine, limit: engine.traits.batches.delete)
            let step = Tag(place: own, change: change, isNamed: selection.isNamed)
            return try await execution.drive(source, into: step, noting: journal)
        case .undo(let id, _, let only, let isForced, let ofTags):
            let source = try await changes(of: JobID(id), only: only, for: engine)
            let step = Undo(own: own, target: target, isForced: isForced, ofTags: ofTags, now: now)
            return try await execution.drive(source, into: step, noting: journal)
        case .export:
            throw KVError(.internalError, "An export changes nothing.")
        case .unknown:
            throw KVError.fromNewerVersion(job.id)
        }
    }

    /// Removes what has lain for longer than files are kept, but for what unfinished jobs need.
    func removeOldFiles(logger: Logger) async {
        do {
            let unfinished = try await ledger.unfinishedJobs()
            let kept = Set(unfinished.map(\.id) + unfinished.compactMap(\.undoOf))
            let oldest = Date(timeIntervalSinceNow: -JobFiles.maximumAge)
            let removed = try await NIOThreadPool.singleton.runIfActive {
                files.removeUntouched(since: oldest, but: kept)
            }
            try await ledger.forgetFiles(of: removed)
        } catch {
            logger.error("Old files of jobs could not be removed", metadata: ["error": "\(error)"])
        }
    }

    /// Whether the job was cut off within a batch, of which some may be done.
    func hasBegunBatch(_ id: JobID) async throws -> Bool {
        let start = try await ledger.checkpoint(of: id)?.journalBytes ?? 0
        return try await NIOThreadPool.singleton.runIfActive {
            try !PendingBatch(path: files.journal(of: id), behind: start).isEmpty
        }
    }

    // MARK: Parts

    /// Where the job's target side lies; without a target it is the namespace itself.
    private func target(of job: Job, _ own: Place) throws -> Place {
        guard let target = job.work.target else {
            return Place(
                engine: own.engine, store: own.store, namespace: own.namespace, side: .target, journal: own.journal,
                book: book, wait: own.wait)
        }
        return Place(
            engine: try stores.store(named: target.store).engine, store: target.store,
            namespace: NamespaceID(target.namespace), side: .target, journal: own.journal, book: book,
            wait: own.wait)
    }

    private func openJournal(of job: Job, at checkpoint: JobCheckpoint?) async throws -> Journal {
        try await NIOThreadPool.singleton.runIfActive { try files.openJournal(of: job, at: checkpoint) }
    }

    private func export(of job: Job, _ form: ExportForm, at checkpoint: JobCheckpoint?) async throws -> Export {
        let file = try await NIOThreadPool.singleton.runIfActive {
            try files.openDownload(of: job.id, keeping: checkpoint?.outputBytes ?? 0)
        }
        return Export(
            to: file, name: job.downloadName(form), form: form, records: checkpoint?.outputRecords ?? 0)
    }

    private func keys(
        _ selection: JobSelection, of job: Job, _ engine: any KeyValueEngine, limit: Int
    ) -> SelectedKeys {
        SelectedKeys(
            selection: selection, namespace: job.namespace, engine: engine, ledger: ledger, limit: limit)
    }

    /// In batches that suit both sides.
    private func entries(
        _ selection: JobSelection, of job: Job, _ source: any KeyValueEngine, for target: any KeyValueEngine,
        annotated: Bool = true
    ) -> SelectedEntries {
        SelectedEntries(
            selection: selection, namespace: job.namespace, engine: source, ledger: ledger,
            limit: min(source.traits.batches.read, target.traits.batches.write),
            bytes: min(source.traits.batches.bytes, target.traits.batches.bytes), store: job.store,
            book: annotated ? book : nil)
    }

    private func file(
        of job: Job, format: FileFormat?, isStrict: Bool, only: Int64?, from start: SourcePosition,
        for engine: any KeyValueEngine
    ) async throws -> FileEntries {
        let retry = only.flatMap { number in
            job.retryOf.map { FileEntries.Retry(selection: number, job: $0, ledger: ledger) }
        }
        let batches = engine.traits.batches
        return try await NIOThreadPool.singleton.runIfActive {
            try FileEntries(
                path: files.upload(of: job.id), format: format, isStrict: isStrict, now: job.createdAt / 1_000,
                maximumBytes: files.expansionLimit, limit: batches.write, bytes: batches.bytes, start: start,
                retry: retry)
        }
    }

    private func changes(
        of id: JobID, only: Int64?, for engine: any KeyValueEngine
    ) async throws -> JournaledChanges {
        let changed = try await ledger.job(id)
        let checkpoint = try await ledger.checkpoint(of: id)
        let batches = engine.traits.batches
        return try await NIOThreadPool.singleton.runIfActive {
            let path = files.journal(of: id)
            guard let journal = try JournalReader(path: path) else { throw KVError.notUndoable(id) }
            let end = try PendingBatch(path: path, behind: checkpoint?.journalBytes ?? 0).end
            return JournaledChanges(
                journal: journal, end: end, count: changed.changes, only: only, ledger: ledger, limit: batches.read,
                bytes: batches.bytes)
        }
    }
}

extension KVError {
    static func notUndoable(_ id: JobID) -> KVError {
        KVError(
            .notUndoable,
            "The job \"\(id)\" cannot be undone: it has changed nothing, or what it changed was not kept, or has been "
                + "removed by age.")
    }
}

extension Job {
    /// The namespace's title as a file name, without blanks; the day, and the format of the file.
    fileprivate func downloadName(_ form: ExportForm) -> String {
        let title = namespaceTitle.split(whereSeparator: \.isWhitespace).joined(separator: "-")
        let name = FileName.safe(title) ?? "export"
        let day = Date(timeIntervalSince1970: Double(createdAt) / 1_000).ISO8601Format(.iso8601.year().month().day())
        return "\(name)-\(day).\(form.format.fileExtension)\(form.isGzipped ? ".gz" : "")"
    }
}
