import KVModel
package import KVTransfer

/// Writes entries to a file for download.
package struct ExportJob: SelectiveJobKind {
    package static let name = "export"
    package static let options: JobOptions = [.exact]

    package var keys: JobSelection
    package let form: ExportForm

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case form = "_1"
    }

    package init(_ keys: JobSelection, _ form: ExportForm) {
        self.keys = keys
        self.form = form
    }

    package static func read(_ request: JobRequest) throws -> ExportJob {
        var form = ExportForm()
        try request.readMembers { name, scanner in
            switch name {
            case "format": form.format = try scanner.choice(FileFormat.self)
            case "gzip": form.isGzipped = try scanner.boolean()
            case "neutralizeFormulas": form.neutralisesFormulas = try scanner.boolean()
            default: return false
            }
            return true
        }
        guard form.format == .csv || !form.neutralisesFormulas else {
            throw KVError(.invalidRequest, "\"neutralizeFormulas\" is for CSV, which spreadsheets open.")
        }
        return ExportJob(request.selection, form)
    }

    package var fields: [JobField] {
        let fields = [JobField("format", .text(form.format.rawValue)), JobField("gzip", .flag(form.isGzipped))]
        return form.neutralisesFormulas ? fields + [JobField("neutralizeFormulas", .flag(true))] : fields
    }

    package var permissions: JobPermissions { JobPermissions(source: [.read, .export]) }
    package var preImages: PreImagePolicy { .nothingToKeep }
    package var movesEntries: Bool { true }

    package func addRequests(to cost: inout PlanCost) { cost.add(\.read, in: cost.source) }

    package func omission(isAnnotated: Bool) -> String? {
        guard isAnnotated, !form.format.carriesAnnotations else { return nil }
        return
            "Tags, colours and custom metadata, where keys have them, are left out: this format has no place for them; "
            + "NDJSON and JSON have."
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = try await run.download(form)
        let source = run.entries(keys, for: run.engine, isAnnotated: form.format.carriesAnnotations)
        return try await run.perform(source, step)
    }
}

/// What an export makes of the entries.
package struct ExportForm: Hashable, Codable, Sendable {
    package var format: FileFormat
    package var isGzipped: Bool
    /// Of CSV: puts a `'` before what a spreadsheet would run. Such a file is for reading, not for importing again.
    package var neutralisesFormulas: Bool

    package init(format: FileFormat = .ndjson, isGzipped: Bool = false, neutralisesFormulas: Bool = false) {
        self.format = format
        self.isGzipped = isGzipped
        self.neutralisesFormulas = neutralisesFormulas
    }
}
