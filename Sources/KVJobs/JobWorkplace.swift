import Foundation
import KVModel
import KVTransfer

/// What jobs work with: the stores, the files, the ledger's lists of keys. Here a kind of job becomes a source and a step.
struct JobWorkplace: Sendable {
    let stores: Stores
    let files: JobFiles
    let ledger: Ledger
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func perform(_ execution: inout JobExecution) async throws -> JobExecution.Ending {
        let job = execution.job
        let engine = try stores.store(named: job.store).engine
        switch job.work {
        case .delete(let selection):
            let source = SelectedKeys(
                selection: selection, namespace: job.namespace, engine: engine, ledger: ledger,
                limit: engine.traits.batches.delete)
            return try await execution.drive(source, into: Delete(namespace: job.namespace, engine: engine))
        case .copy(let selection, let target, let collision):
            let targetEngine = try stores.store(named: target.store).engine
            let step = Write(
                namespace: NamespaceID(target.namespace), engine: targetEngine, collision: collision, now: now)
            return try await execution.drive(entries(selection, of: job, engine, for: targetEngine), into: step)
        case .export(let selection, let form):
            let step = Export(to: try files.makeDownload(of: job.id), name: job.downloadName(form), form: form)
            return try await execution.drive(entries(selection, of: job, engine, for: engine), into: step)
        case .importing(let format, let collision):
            let source = try FileEntries(
                path: files.upload(of: job.id), format: format, now: job.createdAt / 1_000,
                maximumBytes: files.expansionLimit, limit: engine.traits.batches.write,
                bytes: engine.traits.batches.bytes)
            let step = Write(namespace: job.namespace, engine: engine, collision: collision, now: now)
            return try await execution.drive(source, into: step)
        }
    }

    /// In batches that suit both sides.
    private func entries(
        _ selection: JobSelection, of job: Job, _ source: any KeyValueEngine, for target: any KeyValueEngine
    ) -> SelectedEntries {
        SelectedEntries(
            selection: selection, namespace: job.namespace, engine: source, ledger: ledger,
            limit: min(source.traits.batches.read, target.traits.batches.write),
            bytes: min(source.traits.batches.bytes, target.traits.batches.bytes))
    }
}

extension Job {
    /// The namespace's title as far as it makes a file name anywhere, the day, and what the file is.
    fileprivate func downloadName(_ form: ExportForm) -> String {
        let plain = namespaceTitle.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-")
                ? Character(scalar) : "-"
        }
        let day = Date(timeIntervalSince1970: Double(createdAt) / 1_000).ISO8601Format(.iso8601.year().month().day())
        return "\(String(plain.prefix(80)))-\(day).\(form.format.fileExtension)\(form.isGzipped ? ".gz" : "")"
    }
}
