package import KVLedger
package import KVModel

/// A kind of job. A value is the specification of one job: what it does, and to which keys.
///
/// A new kind is one type in `Kinds/` that is registered in `App+build.swift`. The rest of the program learns from these
/// members what it needs about a kind, and never asks which kind it is.
package protocol JobKind: JobWork, Codable, Hashable {
    // MARK: Name and stored form

    /// The name in the API, the audit log and the ledger.
    static var name: String { get }
    /// The name in the stored text. It differs from `name` only where an earlier version has stored another one.
    static var storedName: String { get }
    /// The version of the stored specification, from 1.
    ///
    /// Increase it when earlier releases would misread what is stored; they then list the job and leave it alone.
    /// `init(from:)` still has to read the forms of all earlier versions.
    static var version: Int { get }

    // MARK: API

    /// Which of the options that several kinds share a request may have.
    static var options: JobOptions { get }
    /// Reads a request to start a job. Throws `invalid_request` and the errors of the values in it.
    static func read(_ request: JobRequest) throws -> Self
    /// The members that a job of this kind has in the API, besides those of every job.
    var fields: [JobField] { get }

    // MARK: Keys

    /// Which keys of the namespace it takes; nil where the keys are from a file or a journal.
    var selection: JobSelection? { get }
    /// The same for the keys of a list alone, as a retry does it.
    func limited(to keyList: Int64) -> Self

    // MARK: Rights and undo

    /// The permissions that the caller needs.
    var permissions: JobPermissions { get }
    var preImages: PreImagePolicy { get }
    /// Whether it changes tags or colors and no entries.
    var changesAnnotationsOnly: Bool { get }
    /// Whether a key of a batch that is repeated can be missing because the job itself has deleted it.
    var deletesKeys: Bool { get }

    // MARK: Upload

    /// Whether the job reads an uploaded file.
    var readsUpload: Bool { get }
    /// Throws what is wrong with an upload, as far as its beginning shows it. No job is created then.
    ///
    /// - Parameters:
    ///   - now: The time that TTLs count from.
    ///   - maximumBytes: What a compressed file may expand to.
    func check(upload path: String, now: Timestamp, maximumBytes: Int) async throws

    // MARK: Plan

    /// Whether it reads values, with metadata and expiration, to write them elsewhere.
    var movesEntries: Bool { get }
    /// Keys of the selection with this prefix are neither taken nor counted.
    var excludedPrefix: [UInt8]? { get }
    /// Adds the requests that the job sends, besides those that list its keys.
    func addRequests(to cost: inout PlanCost)
    func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning]
    /// A sentence on what the result leaves out, for the plan and the timeline.
    ///
    /// - Parameter isAnnotated: Whether keys of the namespace may have annotations.
    func omission(isAnnotated: Bool) -> String?

    // MARK: Running

    /// Opens the source and the step of the job and performs them. Throws when the job cannot continue.
    func run(_ run: JobRun) async throws -> JobEnding
}

/// Options that requests for several kinds have.
package struct JobOptions: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// `exact`: values are read byte for byte.
    package static let exact = Self(rawValue: 1)
    /// `undoable`: whether pre-images are kept.
    package static let undoable = Self(rawValue: 2)
}

/// Whether a kind of job keeps what it replaces or deletes, unless the request says otherwise.
package enum PreImagePolicy: Sendable {
    /// Nothing is changed: there is no journal.
    case nothingToKeep
    case always
    /// Where reading costs no requests; elsewhere for jobs of few keys.
    case whereCheap
}

extension JobKind {
    package static var storedName: String { name }
    package static var version: Int { 1 }

    package var kindName: String { Self.name }
    package var keyList: Int64? { selection?.keyList }
    package var target: JobTarget? { nil }
    package var undoOf: JobID? { nil }
    package var fields: [JobField] { [] }
    package var preImages: PreImagePolicy { .whereCheap }
    package var changesAnnotationsOnly: Bool { false }
    package var deletesKeys: Bool { false }
    package var movesEntries: Bool { false }
    package var excludedPrefix: [UInt8]? { nil }
    package var readsUpload: Bool { false }

    package func check(upload path: String, now: Timestamp, maximumBytes: Int) async throws {}
    package func addRequests(to cost: inout PlanCost) {}
    package func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning] { [] }
    package func omission(isAnnotated: Bool) -> String? { nil }

    /// Whether the job writes to its own namespace.
    package var writesSource: Bool { permissions.changesSource }

    package func storedText() throws -> String { try JobKinds.storedText(of: self) }
}
