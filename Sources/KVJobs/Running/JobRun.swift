import Foundation
import KVFiles
import KVLedger
import KVModel
import KVTransfer

/// A run of a job, as the job's kind sees it: from these the kind makes a source and a step, and has them performed.
package final class JobRun {
    /// The store of the job's namespace.
    let engine: any KeyValueEngine
    var clock: WallClock { resources.clock }

    let recorder: JobRecorder
    let requests: JobRequests
    private let job: Job
    /// Where the job continues.
    private let start: SourcePosition
    private let resources: JobResources
    private let wait: StorageWait

    init(
        of job: Job, on engine: any KeyValueEngine, from start: SourcePosition, resources: JobResources,
        recorder: JobRecorder, requests: JobRequests, wait: StorageWait
    ) {
        self.job = job
        self.engine = engine
        self.start = start
        self.resources = resources
        self.recorder = recorder
        self.requests = requests
        self.wait = wait
    }

    // MARK: Namespaces

    /// The job's namespace, to change it.
    var source: JobNamespace {
        get throws { try jobNamespace(.own, JobTarget(store: job.store, namespace: job.namespace.text)) }
    }

    /// The job's target, to change it; without one, its namespace.
    var target: JobNamespace {
        get throws {
            try jobNamespace(.target, job.work.target ?? JobTarget(store: job.store, namespace: job.namespace.text))
        }
    }

    private func jobNamespace(_ side: Change.Side, _ target: JobTarget) throws -> JobNamespace {
        guard let journal = recorder.journal else {
            throw KVError(.internalError, "A job without a journal must not change a namespace.")
        }
        let engine = try resources.stores.store(named: target.store).engine.working(in: recorder.context)
        return JobNamespace(
            engine: AnnotatedEngine(engine, storeNamed: target.store, annotations: resources.annotations),
            store: target.store, id: NamespaceID(target.namespace), side: side, journal: journal,
            annotationStore: resources.annotations, wait: wait)
    }

    // MARK: Sources

    func keys(_ selection: JobSelection) -> SelectedKeys {
        SelectedKeys(
            selection: selection, namespace: job.namespace, engine: engine, ledger: resources.ledger,
            limit: engine.traits.batches.delete)
    }

    /// In batches that suit both engines.
    func entries(
        _ selection: JobSelection, for target: any KeyValueEngine, isAnnotated: Bool = true
    ) -> SelectedEntries {
        SelectedEntries(
            selection: selection, namespace: job.namespace, engine: engine, ledger: resources.ledger,
            limit: min(engine.traits.batches.read, target.traits.batches.write),
            bytes: min(engine.traits.batches.bytes, target.traits.batches.bytes), store: job.store,
            annotationStore: isAnnotated ? resources.annotations : nil)
    }

    /// - Parameter only: A list of the keys to take, in the retry of an import.
    func upload(format: FileFormat?, isStrict: Bool, only: Int64?) async throws -> FileEntries {
        let retry = only.flatMap { number in
            job.retryOf.map { FileEntries.Retry(selection: number, job: $0, ledger: resources.ledger) }
        }
        let batches = engine.traits.batches
        return try await Blocking.run { [job, files = resources.files, start] in
            try FileEntries(
                path: files.upload(of: job.id), format: format, isStrict: isStrict,
                now: job.createdAt, maximumBytes: files.expansionLimit, limit: batches.write, bytes: batches.bytes,
                start: start,
                retry: retry)
        }
    }

    /// The changes of another job, the last one first.
    func changes(of id: JobID, only: Int64?) async throws -> JournaledChanges {
        let ledger = resources.ledger
        let changed = try await ledger.job(id)
        let checkpoint = try await resources.checkpoint(of: id)
        let batches = engine.traits.batches
        return try await Blocking.run { [files = resources.files] in
            let path = files.journal(of: id)
            guard let journal = try JournalReader(path: path) else { throw KVError.notUndoable(id) }
            let end = try PendingBatch(path: path, behind: checkpoint?.journalBytes ?? 0).end
            return JournaledChanges(
                journal: journal, end: end, count: changed.changes, only: only, ledger: ledger, limit: batches.read,
                bytes: batches.bytes)
        }
    }

    // MARK: Files

    /// A step that writes the job's file.
    func download(_ form: ExportForm) async throws -> Export {
        let checkpoint = recorder.checkpoint
        let file = try await Blocking.run { [job, files = resources.files] in
            try files.openDownload(of: job.id, keeping: checkpoint?.outputBytes ?? 0)
        }
        return Export(to: file, name: job.downloadName(form), form: form, records: checkpoint?.outputRecords ?? 0)
    }

    /// Verifies the job's upload before its first entry is written, if it is gzip: otherwise a damaged file would be imported
    /// up to the damage. Returns how the job ends if that is requested meanwhile.
    func checkUpload() async throws -> JobEnding? {
        guard start == .start,
            let check = try await FileCheck.open(
                resources.files.upload(of: job.id), maximumBytes: resources.files.expansionLimit)
        else { return nil }
        repeat {
            if let ending = try await interruption() { return ending }
            recorder.show { $0.checking = check.progress }
        } while try await check.advance()
        let (file, expanded) = (check.progress.totalBytes.grouped, check.expandedBytes.grouped)
        try await recorder.save(notice: "The gzip file is whole: \(file) bytes, \(expanded) when expanded.")
        return nil
    }

    func interruption() async throws -> JobEnding? {
        try await requests.interruption(isWithinBatch: recorder.isWithinBatch)
    }
}

extension Job {
    /// The namespace's title as a file name, without blanks; the day, and the format of the file.
    fileprivate func downloadName(_ form: ExportForm) -> String {
        let title = namespaceTitle.split(whereSeparator: \.isWhitespace).joined(separator: "-")
        let name = FileName.safe(title) ?? "export"
        let day = Date(timeIntervalSince1970: Double(createdAt.milliseconds) / 1_000).ISO8601Format(
            .iso8601.year().month().day())
        return "\(name)-\(day).\(form.format.fileExtension)\(form.isGzipped ? ".gz" : "")"
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
