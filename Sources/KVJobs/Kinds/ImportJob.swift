package import KVModel
package import KVTransfer

/// Writes the entries of an uploaded file.
package struct ImportJob: JobKind {
    package static let name = "import"
    package static let storedName = "importing"
    package static let options: JobOptions = [.undoable]

    /// Nil: detected from the content.
    package let format: FileFormat?
    package let collision: Collision
    /// The keys of a list alone, in a retry.
    private var only: Int64?
    /// Stored since version 0.2.0; nil: false.
    private let isStrictStored: Bool?

    private enum CodingKeys: String, CodingKey {
        case format, collision, only
        case isStrictStored = "isStrict"
    }

    package init(format: FileFormat?, collision: Collision, isStrict: Bool? = nil) {
        self.format = format
        self.collision = collision
        isStrictStored = isStrict
    }

    package static func read(_ request: JobRequest) throws -> ImportJob {
        throw KVError(.invalidRequest, "An import begins with its file: POST …/namespaces/{id}/import.")
    }

    /// Whether text after the last record is refused.
    package var isStrict: Bool { isStrictStored ?? false }

    package var fields: [JobField] {
        [
            JobField("format", .text(format?.rawValue ?? "auto")), JobField("collision", .text(collision.rawValue)),
            JobField("strict", .flag(isStrict)),
        ]
    }

    package var selection: JobSelection? { nil }
    package var keyList: Int64? { only }

    package func limited(to keyList: Int64) -> ImportJob {
        var limited = self
        limited.only = keyList
        return limited
    }

    package var permissions: JobPermissions { JobPermissions(source: [.write]) }
    /// With a collision that spares existing keys only new ones are written.
    package var preImages: PreImagePolicy { collision == .overwrite ? .whereCheap : .always }

    package var readsUpload: Bool { true }

    package func check(upload path: String, now: Timestamp, maximumBytes: Int) async throws {
        try await FileEntries.check(
            path, format: format, isStrict: isStrict, now: now, maximumBytes: maximumBytes)
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        if let ending = try await run.checkUpload() { return ending }
        let source = try await run.upload(format: format, isStrict: isStrict, only: only)
        return try await run.perform(source, Write(namespace: try run.source, collision: collision, clock: run.clock))
    }
}
