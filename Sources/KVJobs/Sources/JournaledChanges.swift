import KVFiles
import KVLedger
import KVModel

/// What another job has changed, the last change first. Of several changes to one key in a batch the first `before` and the
/// last `after` count.
struct JournaledChanges: BatchSource {
    let journal: JournalReader
    /// Up to where the journal holds.
    let end: Int
    let count: Int
    /// The keys of a selection alone.
    let only: Int64?
    let ledger: any KeyListStore
    let limit: Int
    let bytes: Int

    let isRepeatable = true

    func total() async throws -> Int? {
        if let only { return try await ledger.keyCount(ofKeyList: only) }
        return count
    }

    func next(after position: SourcePosition) async throws -> Batch<JournaledChange> {
        var batch = try await Blocking.run { try read(after: position) }
        if let only {
            let wanted = try await ledger.keys(batch.items.map(\.key), inKeyList: only)
            batch.items.removeAll { !wanted.contains($0.key) }
        }
        return batch
    }

    func again(_ keys: [Key]) async throws -> Batch<JournaledChange> { Batch() }

    private func read(after position: SourcePosition) throws -> Batch<JournaledChange> {
        var offset = position.journal ?? end
        var found = ChangesBackwards()
        while found.changes.count < limit, found.bytes < bytes, let (frame, start) = try journal.frame(endingAt: offset)
        {
            offset = start
            switch frame {
            case .changes(let changes): for change in changes.reversed() { found.take(.entry(change)) }
            case .annotations(let changes): for change in changes.reversed() { found.take(.annotation(change)) }
            case .batch, .seal: break
            }
        }
        return Batch(items: found.changes, position: offset > 0 ? .journal(offset) : nil)
    }
}

/// A change as a journal has it.
enum JournaledChange: Hashable, Sendable {
    case entry(Change)
    case annotation(AnnotationChanged)

    var key: Key {
        switch self {
        case .entry(let change): change.key
        case .annotation(let change): change.key
        }
    }
}

/// Changes from the last to the first; those to one key become one.
private struct ChangesBackwards {
    private struct ChangedItem: Hashable {
        var side: Change.Side
        var key: Key
        var isAnnotation: Bool
    }

    private(set) var changes: [JournaledChange] = []
    /// Of the values that come back.
    private(set) var bytes = 0
    private var indices: [ChangedItem: Int] = [:]

    mutating func take(_ change: JournaledChange) {
        switch change {
        case .entry(let earlier):
            bytes += earlier.before?.value.count ?? 0
            guard let index = index(of: ChangedItem(side: earlier.side, key: earlier.key, isAnnotation: false)) else {
                break
            }
            guard case .entry(var later) = changes[index] else { return }
            later.before = earlier.before
            later.annotation = later.annotation.following(earlier.annotation)
            changes[index] = .entry(later)
            return
        case .annotation(let earlier):
            guard let index = index(of: ChangedItem(side: earlier.side, key: earlier.key, isAnnotation: true)) else {
                break
            }
            guard case .annotation(var later) = changes[index] else { return }
            later.states.before = earlier.states.before
            changes[index] = .annotation(later)
            return
        }
        changes.append(change)
    }

    /// The index of a later change of the same item; nil when there was none, and the next one appended is it.
    private mutating func index(of item: ChangedItem) -> Int? {
        if let index = indices[item] { return index }
        indices[item] = changes.count
        return nil
    }
}

extension AnnotationStates? {
    /// Both changes as one.
    fileprivate func following(_ earlier: AnnotationStates?) -> AnnotationStates? {
        guard let earlier else { return self }
        return AnnotationStates(before: earlier.before, after: self?.after ?? earlier.after)
    }
}

extension SourcePosition {
    fileprivate var journal: Int? {
        if case .journal(let offset) = self { offset } else { nil }
    }
}
