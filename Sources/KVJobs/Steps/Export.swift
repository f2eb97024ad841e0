import KVFiles
import KVLedger
import KVModel
import KVTransfer

/// Writes entries to the job's file. Each batch ends on a boundary at which the file can be cut and continued.
actor Export: Step {
    private let file: OutputFile
    private var writer: RecordWriter
    private let name: String

    /// - Parameter records: how many the file has already, when it is continued.
    init(to file: OutputFile, name: String, form: ExportForm, records: Int) {
        self.file = file
        self.name = name
        writer = RecordWriter(
            format: form.format, isGzipped: form.isGzipped, neutralisesFormulas: form.neutralisesFormulas,
            recordsBefore: records)
    }

    func apply(_ items: [AnnotatedEntry]) async throws -> StepResult {
        let annotations = items.map { AnnotationChange(adding: $0.annotation.applied(to: Annotation())) }
        let length = try await append(writer.batch(items.map(\.entry), annotations: annotations))
        return StepResult(
            succeeded: items.count, bytes: items.reduce(0) { $0 + $1.entry.value.count }, lastKey: items.last?.key.name,
            outputBytes: length, outputRecords: writer.count)
    }

    func finish() async throws -> Job.Download? {
        let length = try await append(writer.end())
        try await Blocking.run { [file] in try file.synchronize() }
        return Job.Download(name: name, bytes: length)
    }

    private func append(_ bytes: [UInt8]) async throws -> Int {
        try await Blocking.run { [file] in try file.append(bytes) }
    }
}
