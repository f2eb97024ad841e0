import KVModel

/// Notes in the job's journal what a batch changes. What had been noted before a crash is not noted again: by now the key
/// may hold what the job itself has written.
struct JournalInterceptor: ChangeInterceptor {
    private let journal: Journal
    private let side: Change.Side
    private let annotations: ChangingAnnotations
    private let seen: Set<Key>

    init(_ journal: Journal, _ side: Change.Side, _ annotations: ChangingAnnotations) {
        self.journal = journal
        self.side = side
        self.annotations = annotations
        seen = journal.pending.seen(on: side)
    }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        guard seen.isEmpty || !seen.contains(key) else { return true }
        try journal.note(
            Change(
                side: side, key: key, before: old, after: new.map { ContentMark($0) },
                annotation: annotations.states(of: key, isNew: old == nil)))
        return true
    }

    func seal() throws {
        try journal.seal()
    }
}

/// The annotations of the keys of a batch, and what becomes of them.
struct ChangingAnnotations: Sendable {
    var present: [Key: Annotation] = [:]
    var changes: [Key: AnnotationChange] = [:]

    /// Nil where nothing changes.
    ///
    /// - Parameter isNew: Whether there is no such key yet, which so has no annotation either.
    func states(of key: Key, isNew: Bool) -> AnnotationStates? {
        guard let change = changes[key] else { return nil }
        let before = isNew ? Annotation() : present[key] ?? Annotation()
        let after = change.applied(to: before)
        return before == after ? nil : AnnotationStates(before: before, after: after)
    }
}
