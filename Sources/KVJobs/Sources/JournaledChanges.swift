import KVModel
import NIOPosix

/// What another job has changed, the last change first. Of several changes to one key in a batch the first `before` and the
/// last `after` count.
struct JournaledChanges: BatchSource {
    let journal: JournalReader
    /// Up to where the journal holds.
    let end: Int
    let count: Int
    /// The keys of a selection alone.
    let only: Int64?
    let ledger: Ledger
    let limit: Int
    let bytes: Int

    let isRepeatable = true

    func total() async throws -> Int? {
        if let only { return try await ledger.keyCount(ofSelection: only) }
        return count
    }

    func next(after position: SourcePosition) async throws -> Batch<Change> {
        var batch = try await NIOThreadPool.singleton.runIfActive { try read(after: position) }
        if let only {
            let wanted = try await ledger.selected(among: batch.items.map(\.key), in: only)
            batch.items.removeAll { !wanted.contains($0.key) }
        }
        return batch
    }

    func again(_ keys: [Key]) async throws -> Batch<Change> { Batch() }

    private func read(after position: SourcePosition) throws -> Batch<Change> {
        var offset = position.journal ?? end
        var found: [Change] = []
        var places: [Change.Side: [Key: Int]] = [:]
        var size = 0
        while found.count < limit, size < bytes, let (frame, start) = try journal.frame(endingAt: offset) {
            offset = start
            guard case .changes(let changes) = frame else { continue }
            for change in changes.reversed() {
                if let index = places[change.side]?[change.key] {
                    found[index].before = change.before
                } else {
                    places[change.side, default: [:]][change.key] = found.count
                    found.append(change)
                }
                size += change.before?.value.count ?? 0
            }
        }
        return Batch(items: found, position: offset > 0 ? .journal(offset) : nil)
    }
}

extension SourcePosition {
    fileprivate var journal: Int? {
        if case .journal(let offset) = self { offset } else { nil }
    }
}
