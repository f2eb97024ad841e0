import KVLedger
import KVModel
import Synchronization

/// Puts back what another job has changed. A key that is as it was already is done; one that somebody has changed since is
/// left alone, unless forced.
struct Undo: Step {
    let own: JobNamespace
    let target: JobNamespace
    let isForced: Bool
    /// Whether the job has changed tags or colours, and no entries.
    let ofTags: Bool
    let clock: WallClock

    func apply(_ items: [JournaledChange]) async throws -> StepResult {
        var result = StepResult(lastKey: items.last?.key.name)
        for namespace in [own, target] {
            result.add(
                ofTags
                    ? try await restore(items.annotations(on: namespace.side), in: namespace)
                    : try await restore(items.entries(on: namespace.side), in: namespace))
        }
        return result
    }

    private func restore(_ changes: [AnnotationChanged], in namespace: JobNamespace) async throws -> StepResult {
        var result = StepResult()
        let current = try await namespace.annotations(of: changes.map(\.key))
        var restored: [Key: AnnotationChange] = [:]
        for change in changes {
            let found = current[change.key] ?? Annotation(), undoing = change.states.undoing
            if undoing.applied(to: found) == found {
                result.succeeded += 1
            } else if isForced || change.states.areLeft(in: found) {
                restored[change.key] = undoing
                result.succeeded += 1
            } else {
                result.failures.append(JobFailure(key: change.key.name, error: .changedSince(change.key)))
            }
        }
        try await namespace.note(restored)
        try await namespace.changeAnnotations(restored)
        return result
    }

    private func restore(_ changes: [Change], in namespace: JobNamespace) async throws -> StepResult {
        var result = StepResult()
        guard !changes.isEmpty else { return result }
        // What would have expired by now does not return.
        let now = clock.now
        let returning = changes.compactMap(\.before).filter { !($0.expiration?.isPast(at: now) ?? false) }
        let returned = Set(returning.map(\.key))
        let leaving = changes.map(\.key).filter { !returned.contains($0) }
        var annotations = try await namespace.losses(of: changes.map(\.key))
        for change in changes where returned.contains(change.key) {
            annotations.changes[change.key] = change.annotation?.undoing
        }
        let interceptor = UndoInterceptor(
            changes, annotations, isForced: isForced, base: namespace.interceptor(annotations))
        if !returning.isEmpty {
            let outcomes = try await namespace.engine.write(
                returning, in: namespace.id, when: .always, interceptor: interceptor)
            for (entry, outcome) in zip(returning, outcomes) {
                result.bytes += entry.value.count
                result.count(.init(outcome), of: entry.key, interceptor)
            }
            let written = Set(zip(returning, outcomes).filter { $1.isWritten }.map { $0.0.key })
            try await namespace.changeAnnotations(annotations.changes.filter { written.contains($0.key) })
        }
        guard !leaving.isEmpty else { return result }
        let outcomes = try await namespace.engine.delete(leaving, in: namespace.id, interceptor: interceptor)
        for (key, outcome) in zip(leaving, outcomes) { result.count(.init(outcome), of: key, interceptor) }
        return result
    }
}

extension [JournaledChange] {
    fileprivate func entries(on side: Change.Side) -> [Change] {
        compactMap { if case .entry(let change) = $0, change.side == side { change } else { nil } }
    }

    fileprivate func annotations(on side: Change.Side) -> [AnnotationChanged] {
        compactMap { if case .annotation(let change) = $0, change.side == side { change } else { nil } }
    }
}

private enum UndoOutcome {
    case done, held
    case failed(KVError)

    init(_ outcome: WriteOutcome) {
        self =
            switch outcome {
            case .created, .replaced, .written: .done
            case .unmet: .held
            case .failed(let error): .failed(error)
            }
    }

    init(_ outcome: DeleteOutcome) {
        self =
            switch outcome {
            case .deleted, .absent: .done
            case .unmet: .held
            case .failed(let error): .failed(error)
            }
    }
}

extension StepResult {
    fileprivate mutating func count(_ outcome: UndoOutcome, of key: Key, _ interceptor: UndoInterceptor) {
        switch outcome {
        case .done: succeeded += 1
        case .held where !interceptor.hasChanged(key): succeeded += 1
        case .held: failures.append(JobFailure(key: key.name, error: .changedSince(key)))
        case .failed(let error): failures.append(JobFailure(key: key.name, error: error))
        }
    }
}

/// Holds back what is not as the job left it.
private final class UndoInterceptor: ChangeInterceptor {
    private let changes: [Key: Change]
    private let annotations: ChangingAnnotations
    private let isForced: Bool
    private let base: JournalInterceptor?
    private let changed = Mutex<Set<Key>>([])

    init(_ changes: [Change], _ annotations: ChangingAnnotations, isForced: Bool, base: JournalInterceptor?) {
        self.changes = Dictionary(changes.map { ($0.key, $0) }) { _, last in last }
        self.annotations = annotations
        self.isForced = isForced
        self.base = base
    }

    func hasChanged(_ key: Key) -> Bool { changed.withLock { $0.contains(key) } }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        guard let change = changes[key] else { return false }
        let isBack = old == change.before
        guard !isBack || annotations.states(of: key, isNew: old == nil) != nil else { return false }
        let isLeft = isBack || old.map({ ContentMark($0) }) == change.after
        guard isForced || isLeft && isAsLeft(annotations.present[key] ?? Annotation(), by: change) else {
            changed.withLock { _ = $0.insert(key) }
            return false
        }
        return try base?.mayReplace(old, with: new, of: key) ?? true
    }

    /// An annotation that has come to a key which the job had made would go with it.
    private func isAsLeft(_ annotation: Annotation, by change: Change) -> Bool {
        guard change.before == nil else { return change.annotation?.areLeft(in: annotation) ?? true }
        return annotation.isEmpty || annotation == change.annotation?.after
    }

    func seal() throws {
        try base?.seal()
    }
}
