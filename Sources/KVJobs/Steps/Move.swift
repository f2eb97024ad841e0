import KVLedger
import KVModel

/// Puts entries elsewhere, and deletes them here once they are there. One that somebody changes in between stays.
struct Move: Step {
    let source: JobNamespace
    let target: JobNamespace
    let collision: Collision
    /// What the key is called in the target. Throws what is wrong with that.
    let renamed: @Sendable (Key) throws(KVError) -> Key
    let clock: WallClock

    func apply(_ items: [AnnotatedEntry]) async throws -> StepResult {
        let (alive, expired) = items.alive(at: clock.now)
        var result = StepResult(skipped: expired, lastKey: items.last?.key.name)
        var moving: [(old: Entry, new: AnnotatedEntry)] = []
        for item in alive {
            do throws(KVError) {
                var new = item
                new.entry.key = try renamed(item.key)
                moving.append((item.entry, new))
            } catch {
                result.failures.append(JobFailure(key: item.key.name, error: error))
            }
        }
        let outcomes = try await target.put(moving.map(\.new), collision)
        var arrived: [Entry] = []
        for (entry, outcome) in zip(moving, outcomes) {
            if outcome.isDone {
                arrived.append(entry.old)
            } else {
                result.count(outcome, of: entry.old, collision)
            }
        }
        // Otherwise the batch would stay under both names.
        result.add(try await source.untilStored { try await leave(arrived) })
        return result
    }

    private func leave(_ entries: [Entry]) async throws -> StepResult {
        var result = StepResult()
        guard !entries.isEmpty else { return result }
        let losses = try await source.losses(of: entries.map(\.key))
        let interceptor = UnchangedInterceptor(entries, base: source.interceptor(losses))
        let outcomes = try await source.engine.delete(entries.map(\.key), in: source.id, interceptor: interceptor)
        for (entry, outcome) in zip(entries, outcomes) {
            switch outcome {
            case .deleted, .absent:
                result.succeeded += 1
                result.bytes += entry.value.count
            case .unmet:
                let error = KVError(
                    .changedSince,
                    "The key \(quoting: entry.key) was changed while it was moved: what it held before has arrived, and the "
                        + "changed entry stays. Try it again.")
                result.failures.append(JobFailure(key: entry.key.name, error: error))
            case .failed(let error):
                result.failures.append(JobFailure(key: entry.key.name, error: error))
            }
        }
        return result
    }

    /// A key of the batch that is gone here was moved before the crash, if it is there.
    func settle(_ vanished: [Key]) async throws -> StepResult {
        try await source.changeAnnotations(
            Dictionary(vanished.map { ($0, AnnotationChange.removal) }) { first, _ in first })
        let names = try vanished.map { try renamed($0) }
        var result = StepResult()
        while result.succeeded + result.skipped < names.count {
            let rest = Array(names[(result.succeeded + result.skipped)...])
            let bytes = target.engine.traits.batches.bytes
            for entry in try await target.engine.read(rest, in: target.id, bytes: bytes) {
                if let entry {
                    result.succeeded += 1
                    result.bytes += entry.entry.value.count
                } else {
                    result.skipped += 1
                }
            }
        }
        return result
    }
}

/// Holds back what is not as it was read.
private struct UnchangedInterceptor: ChangeInterceptor {
    private let read: [Key: Entry]
    private let base: JournalInterceptor?

    init(_ entries: [Entry], base: JournalInterceptor?) {
        read = Dictionary(entries.map { ($0.key, $0) }) { _, last in last }
        self.base = base
    }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        guard old == read[key] else { return false }
        return try base?.mayReplace(old, with: new, of: key) ?? true
    }

    func seal() throws {
        try base?.seal()
    }
}
