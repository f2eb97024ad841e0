import Foundation
package import KVModel
package import KVTransfer

package struct JobID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    static func random() -> JobID { JobID(UUID().uuidString.lowercased()) }

    package var description: String { text }
}

package enum JobKind: String, CaseIterable, Codable, Sendable {
    case delete, copy, export
    case importing = "import"
}

/// One bulk operation, as it was asked for and as it stands.
package struct Job: Sendable {
    package let id: JobID
    package let store: String
    package let namespace: NamespaceID
    /// The title when the job was made, which tells more than the id of a namespace that is gone.
    package let namespaceTitle: String
    package let work: JobWork
    /// Whether values are read byte for byte also where that takes a request for each.
    package let readsExactly: Bool
    package let createdBy: String
    /// Milliseconds since 1970, as are the others.
    package let createdAt: Int64
    package var startedAt: Int64?
    package var finishedAt: Int64?
    package var state: JobState
    package var progress: JobProgress
    /// Why it failed.
    package var error: KVError?
    package var download: Download?

    package var kind: JobKind { work.kind }

    /// A file that the job has made.
    package struct Download: Hashable, Codable, Sendable {
        package var name: String
        package var bytes: Int
    }
}

/// What a job does, to which keys.
package enum JobWork: Hashable, Codable, Sendable {
    case delete(JobSelection)
    case copy(JobSelection, target: JobTarget, collision: Collision)
    case export(JobSelection, ExportForm)
    /// `format` nil: told by the content.
    case importing(format: FileFormat?, collision: Collision)

    package var kind: JobKind {
        switch self {
        case .delete: .delete
        case .copy: .copy
        case .export: .export
        case .importing: .importing
        }
    }

    package var target: JobTarget? {
        if case .copy(_, let target, _) = self { target } else { nil }
    }

    /// Whether the namespace that the job stands on is written to.
    package var writesSource: Bool {
        switch self {
        case .delete, .importing: true
        case .copy, .export: false
        }
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

/// Which keys of the namespace.
package enum JobSelection: Hashable, Codable, Sendable {
    /// Named one by one, kept in the ledger under this number.
    case keys(selection: Int64)
    case prefix(String)
    case all

    var prefixBytes: [UInt8] {
        if case .prefix(let prefix) = self { Array(prefix.utf8) } else { [] }
    }
}

package struct JobTarget: Hashable, Codable, Sendable {
    package var store: String
    package var namespace: String

    package init(store: String, namespace: String) {
        self.store = store
        self.namespace = namespace
    }
}

/// A key that a job could not do, or a line that an import could not read.
package struct JobFailure: Hashable, Sendable {
    package var key: String?
    package var line: Int?
    package var error: KVError
    package var attempts: Int

    package init(key: String?, line: Int? = nil, error: KVError, attempts: Int = 1) {
        self.key = key
        self.line = line
        self.error = error
        self.attempts = attempts
    }
}

/// Something that happened to a job.
package struct JobEvent: Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case created, started, progress, notice, paused, resumed, recovered, throttled
        case completed, incomplete, failed, cancelled
    }

    /// Milliseconds since 1970.
    package var at: Int64
    package var kind: Kind
    package var detail: String
}
