import KVLedger
import KVModel

/// Has entries expire at a time, or never.
struct Expire: Step {
    let namespace: JobNamespace
    let expiration: Expiration?
    /// Whether keys are named one by one; one that was listed has gone on the way when it is not there.
    let isNamed: Bool

    func apply(_ items: [KeyInfo]) async throws -> StepResult {
        var result = StepResult(lastKey: items.last?.key.name)
        let outcomes = try await namespace.engine.expire(
            items.map(\.key), at: expiration, in: namespace.id, interceptor: namespace.interceptor())
        for (info, outcome) in zip(items, outcomes) {
            switch outcome {
            case .created, .replaced, .written: result.succeeded += 1
            case .unmet where !isNamed: result.skipped += 1
            case .unmet: result.absent.append(info.key)
            case .failed(let error): result.failures.append(JobFailure(key: info.key.name, error: error))
            }
        }
        return result
    }
}
