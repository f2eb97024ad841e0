import KVModel

/// Puts entries into a namespace: what copying and importing come down to.
struct Write: Step {
    let namespace: NamespaceID
    let engine: any KeyValueEngine
    let collision: Collision
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func apply(_ items: [Entry]) async throws -> StepResult {
        let condition: WriteCondition = collision == .overwrite ? .always : .absent
        let seconds = now()
        // What has expired on the way must not replace what lives.
        let alive = items.filter { !($0.expiration?.isPast(at: seconds) ?? false) }
        let outcomes = alive.isEmpty ? [] : try await engine.write(alive, in: namespace, when: condition)
        var result = StepResult(skipped: items.count - alive.count, lastKey: items.last?.key.name)
        for (entry, outcome) in zip(alive, outcomes) {
            switch outcome {
            case .created, .replaced, .written:
                result.succeeded += 1
                result.bytes += entry.value.count
            case .unmet where collision == .skip:
                result.skipped += 1
            case .unmet:
                let error = KVError(
                    .keyExists,
                    "The key \"\(entry.key)\" is in the target already, or twice in the file, and the job was told to fail "
                        + "then. Keys that it wrote before stay.")
                result.failures.append(JobFailure(key: entry.key.name, error: error))
                result.stop = result.stop ?? error
            case .failed(let error):
                result.failures.append(JobFailure(key: entry.key.name, error: error))
            }
        }
        return result
    }
}
