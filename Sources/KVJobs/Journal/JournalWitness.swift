import KVModel

/// Notes in the job's journal what a batch changes. What had been noted before a crash is not noted again: by now the key
/// may hold what the job itself has written.
struct JournalWitness: ChangeWitness {
    private let journal: Journal
    private let side: Change.Side
    private let seen: Set<Key>

    init(_ journal: Journal, _ side: Change.Side) {
        self.journal = journal
        self.side = side
        seen = journal.pending.seen(on: side)
    }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        guard seen.isEmpty || !seen.contains(key) else { return true }
        try journal.note(Change(side: side, key: key, before: old, after: new.map { ContentMark($0) }))
        return true
    }

    func seal() throws {
        try journal.seal()
    }
}
