package import KVModel
package import KVTransfer

/// What a job does, to which keys.
package enum JobWork: Hashable, Codable, Sendable {
    case delete(JobSelection)
    case copy(JobSelection, target: JobTarget, collision: Collision)
    case move(JobSelection, target: JobTarget, collision: Collision)
    /// Within the namespace: what begins with `from` begins with `to` afterwards.
    case rename(JobSelection, from: String, to: String, collision: Collision)
    /// Seconds since 1970; nil: never.
    case expire(JobSelection, at: Int64?)
    case tag(JobSelection, TagChange)
    case export(JobSelection, ExportForm)
    /// `format` nil: told by the content. `only`: the keys of a selection, when it is a retry. `isStrict` nil: false.
    case importing(format: FileFormat?, collision: Collision, only: Int64? = nil, isStrict: Bool? = nil)
    /// Puts back what another job has changed. `ofTags`: tags or colours, and no entries.
    case undo(of: String, target: JobTarget?, only: Int64?, isForced: Bool, ofTags: Bool)
    /// Work of a newer version, which this one cannot do.
    case unknown(kind: String)

    package var kindName: String {
        if case .unknown(let kind) = self { kind } else { kind?.rawValue ?? "" }
    }

    /// Nil for a kind of a newer version.
    package var kind: JobKind? {
        switch self {
        case .delete: .delete
        case .copy: .copy
        case .move: .move
        case .rename: .rename
        case .expire: .expire
        case .tag: .tag
        case .export: .export
        case .importing: .importing
        case .undo: .undo
        case .unknown: nil
        }
    }

    package var target: JobTarget? {
        switch self {
        case .copy(_, let target, _), .move(_, let target, _): target
        case .undo(_, let target, _, _, _): target
        case .delete, .rename, .expire, .tag, .export, .importing, .unknown: nil
        }
    }

    /// Whether the namespace that the job stands on is written to.
    package var writesSource: Bool {
        switch self {
        case .delete, .move, .rename, .expire, .tag, .importing, .undo: true
        case .copy, .export, .unknown: false
        }
    }

    package var selection: JobSelection? {
        switch self {
        case .delete(let selection), .expire(let selection, _), .export(let selection, _): selection
        case .copy(let selection, _, _), .move(let selection, _, _): selection
        case .rename(let selection, _, _, _): selection
        case .tag(let selection, _): selection
        case .importing(_, _, let only, _), .undo(_, _, let only, _, _): only.map { .keys(selection: $0) }
        case .unknown: nil
        }
    }

    /// The same for these keys alone, as a retry does it.
    func limited(to number: Int64) -> JobWork {
        let keys = JobSelection.keys(selection: number)
        return switch self {
        case .delete: .delete(keys)
        case .copy(_, let target, let collision): .copy(keys, target: target, collision: collision)
        case .move(_, let target, let collision): .move(keys, target: target, collision: collision)
        case .rename(_, let from, let to, let collision): .rename(keys, from: from, to: to, collision: collision)
        case .expire(_, let time): .expire(keys, at: time)
        case .tag(_, let change): .tag(keys, change)
        case .export(_, let form): .export(keys, form)
        case .importing(let format, let collision, _, let isStrict):
            .importing(format: format, collision: collision, only: number, isStrict: isStrict)
        case .undo(let job, let target, _, let isForced, let ofTags):
            .undo(of: job, target: target, only: number, isForced: isForced, ofTags: ofTags)
        case .unknown: self
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
