import KVLedger
import KVModel

/// What stands for one key in a batch.
protocol Keyed: Sendable {
    var key: Key { get }
}

extension KeyInfo: Keyed {}
extension JournaledChange: Keyed {}

/// Where a job's keys come from: selected in a namespace, or read from a file.
///
/// `next` may be called for the batch behind one while that one is still being worked on, never for two at once.
protocol BatchSource<Element>: Sendable {
    associatedtype Element: Keyed

    /// Whether the same position gives the same batch, whatever the job has done meanwhile. If not, `again` gives it.
    var isRepeatable: Bool { get }

    /// How many elements there will be, where that can be told quickly.
    func total() async throws -> Int?
    func next(after position: SourcePosition) async throws -> Batch<Element>
    /// A batch that was begun before a crash, by its keys.
    func again(_ keys: [Key]) async throws -> Batch<Element>
}

/// What one step does at once.
struct Batch<Element: Sendable>: Sendable {
    var items: [Element] = []
    /// What the source could not bring: lines that cannot be read.
    var failures: [JobFailure] = []
    /// Named keys that do not exist. The job counts them as skipped.
    var missing: [Key] = []
    /// What had expired before it was read.
    var skipped = 0
    /// Of a batch that is done again: keys that are not there any more.
    var vanished: [Key] = []
    /// For the job's timeline.
    var notices: [String] = []
    /// Behind this batch; nil when it was the last.
    var position: SourcePosition?
}
