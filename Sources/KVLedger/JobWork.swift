/// What a job does, as the ledger stores it: a text that only the job's kind can read, and the few facts that the ledger
/// itself needs.
package protocol JobWork: Sendable {
    /// The name of the job's kind.
    var kindName: String { get }
    /// The number of the key list that the job uses.
    var keyList: Int64? { get }
    /// The second namespace that the job works on.
    var target: JobTarget? { get }
    /// The job whose changes it undoes.
    var undoOf: JobID? { get }

    /// The JSON text that `JobWorkReader` reads.
    func storedText() throws -> String
}

/// Reads work that a ledger has stored.
package protocol JobWorkReader: Sendable {
    /// Returns `UnknownWork` for a kind or a version that this release does not have.
    func work(ofKind kind: String, stored text: String) -> any JobWork
}

/// Work that a newer version has stored. Such a job is listed by the name of its kind, and never run.
package struct UnknownWork: JobWork {
    package let kindName: String
    private let text: String

    package init(kindName: String, text: String) {
        self.kindName = kindName
        self.text = text
    }

    package var keyList: Int64? { nil }
    package var target: JobTarget? { nil }
    package var undoOf: JobID? { nil }

    package func storedText() throws -> String { text }
}
