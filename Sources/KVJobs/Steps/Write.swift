import KVLedger
import KVModel

/// Puts entries into a namespace: what copying and importing come down to.
struct Write: Step {
    let namespace: JobNamespace
    let collision: Collision
    let clock: WallClock

    func apply(_ items: [AnnotatedEntry]) async throws -> StepResult {
        let (alive, expired) = items.alive(at: clock.now)
        var result = StepResult(skipped: expired, lastKey: items.last?.key.name)
        let outcomes = try await namespace.put(alive, collision)
        for (item, outcome) in zip(alive, outcomes) { result.count(outcome, of: item.entry, collision) }
        return result
    }
}

extension [AnnotatedEntry] {
    /// What has expired on the way must not replace what lives.
    func alive(at now: Timestamp) -> (alive: [AnnotatedEntry], expired: Int) {
        func isPast(_ item: AnnotatedEntry) -> Bool { item.entry.expiration?.isPast(at: now) ?? false }
        guard contains(where: isPast) else { return (self, 0) }
        let alive = filter { !isPast($0) }
        return (alive, count - alive.count)
    }
}

extension StepResult {
    mutating func count(_ outcome: JobNamespace.Outcome, of entry: Entry, _ collision: Collision) {
        switch outcome {
        case .done:
            succeeded += 1
            bytes += entry.value.count
        case .collided where collision == .skip:
            skipped += 1
        case .collided:
            let error = KVError(
                .keyExists,
                "The key \(quoting: entry.key) already exists in the target, or occurs twice in the input, so the job ended as "
                    + "requested. Entries written before stay. To continue, choose \"skip\" or \"overwrite\".")
            failures.append(JobFailure(key: entry.key.name, error: error))
            stop = stop ?? error
        case .failed(let error):
            failures.append(JobFailure(key: entry.key.name, error: error))
        }
    }
}
