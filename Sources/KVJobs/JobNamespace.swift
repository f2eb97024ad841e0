import KVLedger
import KVModel

/// A namespace that a job changes, and the journal in which it notes what.
struct JobNamespace: Sendable {
    let engine: any KeyValueEngine
    let store: String
    let id: NamespaceID
    let side: Change.Side
    let journal: Journal
    let annotationStore: any AnnotationStore
    /// By which what must follow a change that has been made waits for room on the disk.
    var wait: StorageWait?

    func untilStored<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard let wait else { return try await body() }
        return try await wait.repeating(body)
    }

    /// Notes changes where pre-images are kept.
    func interceptor(_ annotations: ChangingAnnotations = ChangingAnnotations()) -> JournalInterceptor? {
        journal.keepsPreImages ? JournalInterceptor(journal, side, annotations) : nil
    }

    enum Outcome: Sendable {
        case done
        /// The key was there.
        case collided
        case failed(KVError)

        var isDone: Bool { if case .done = self { true } else { false } }
    }

    /// One outcome for each entry, in order.
    ///
    /// With a collision that spares what is there, new keys are noted in any case, which costs nothing: so a batch that is
    /// done again after a crash knows which of the keys that it finds are its own.
    func put(_ items: [AnnotatedEntry], _ collision: Collision) async throws -> [Outcome] {
        guard !items.isEmpty else { return [] }
        var changes = try await changes(by: items, collision)
        let isNoted = journal.keepsPreImages || collision != .overwrite
        let present = isNoted ? try await annotations(of: changes.keys.sorted()) : [:]
        let outcomes = try await put(
            items.map(\.entry), collision, ChangingAnnotations(present: present, changes: changes))
        let pending = journal.pending
        if !pending.isEmpty {
            // What the batch had made before the program died has nothing from before.
            for key in items.map(\.key) where pending.hasMade(key, side) {
                changes[key] = AnnotationChange(to: (changes[key] ?? AnnotationChange()).applied(to: Annotation()))
            }
        }
        if !changes.isEmpty {
            let done = Set(zip(items, outcomes).filter { $1.isDone }.map { $0.0.key })
            try await changeAnnotations(changes.filter { done.contains($0.key) })
        }
        return outcomes
    }

    private func put(
        _ entries: [Entry], _ collision: Collision, _ annotations: ChangingAnnotations
    ) async throws -> [Outcome] {
        if collision == .overwrite {
            return try await engine.write(entries, in: id, when: .always, interceptor: interceptor(annotations))
                .map(Outcome.init)
        }
        let pending = journal.pending
        let outcomes = try await engine.write(
            entries, in: id, when: .absent, interceptor: JournalInterceptor(journal, side, annotations))
        var own = try await unchanged(
            zip(entries, outcomes).filter { $1 == .unmet && pending.hasMade($0.key, side) }.map { $0.0 })
        // Of entries with the same key the first one was written, and the others met it there.
        return zip(entries, outcomes).map { own.remove($0.key) != nil ? .done : Outcome($1) }
    }

    /// Those of the entries that are there just so.
    private func unchanged(_ entries: [Entry]) async throws -> Set<Key> {
        var found: Set<Key> = []
        var rest = entries[...]
        while !rest.isEmpty {
            let read = try await engine.read(rest.map(\.key), in: id, bytes: engine.traits.batches.bytes)
            for (entry, stored) in zip(rest, read) where stored?.entry == entry { found.insert(entry.key) }
            rest = rest.dropFirst(read.count)
        }
        return found
    }
}

extension JobNamespace.Outcome {
    fileprivate init(_ outcome: WriteOutcome) {
        self =
            switch outcome {
            case .created, .replaced, .written: .done
            case .unmet: .collided
            case .failed(let error): .failed(error)
            }
    }
}
