import KVModel

/// What a journal tells of the batch that had been begun, and not yet noted as done, when the program died.
struct PendingBatch: Sendable {
    /// As its source gave it, where that was noted.
    private(set) var batch: JournaledBatch?
    /// Keys whose change was noted, and whether they were there before.
    private(set) var seen: [Change.Side: [Key: Bool]] = [:]
    private var seenAnnotations: [Change.Side: Set<Key>] = [:]
    private(set) var changes = 0
    /// Up to where the journal holds.
    private(set) var end: Int

    var isEmpty: Bool { batch == nil && seen.isEmpty && seenAnnotations.isEmpty }

    /// - Parameter start: the journal's length at the last checkpoint.
    init(path: String, behind start: Int) throws {
        end = start
        guard let reader = try JournalReader(path: path) else { return }
        guard reader.bytes >= start else { throw JournalBytes.damaged }
        var next = start
        var unsealed = self
        while let (frame, position) = try reader.frame(at: next) {
            next = position
            switch frame {
            case .batch(let batch):
                unsealed.batch = batch
                // Of an earlier begin of the same batch.
                unsealed.end = next
                self = unsealed
            case .changes(let changes):
                unsealed.changes += changes.count
                for change in changes where unsealed.seen[change.side]?[change.key] == nil {
                    unsealed.seen[change.side, default: [:]][change.key] = change.before != nil
                }
            case .annotations(let changes):
                unsealed.changes += changes.count
                for change in changes { unsealed.seenAnnotations[change.side, default: []].insert(change.key) }
            case .seal:
                unsealed.end = next
                self = unsealed
            }
        }
    }

    mutating func clear() {
        batch = nil
        seen = [:]
        seenAnnotations = [:]
    }

    func seenAnnotations(on side: Change.Side) -> Set<Key> { seenAnnotations[side] ?? [] }

    func seen(on side: Change.Side) -> Set<Key> { Set((seen[side] ?? [:]).keys) }

    /// Whether the batch had changed the key, which was there before.
    func hasSeen(_ key: Key, _ side: Change.Side) -> Bool { seen[side]?[key] == true }

    /// Whether the batch had made the key, which was not there before.
    func hasMade(_ key: Key, _ side: Change.Side) -> Bool { seen[side]?[key] == false }
}
