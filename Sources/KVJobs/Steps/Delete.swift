import KVModel

/// Deletes keys. One that is not there counts as deleted: that is what was asked, and what a repeat after a crash finds.
struct Delete: Step {
    let namespace: NamespaceID
    let engine: any KeyValueEngine

    func apply(_ items: [Key]) async throws -> StepResult {
        let outcomes = try await engine.delete(items, in: namespace)
        var result = StepResult(requests: 1, lastKey: items.last?.name)
        for (key, outcome) in zip(items, outcomes) {
            switch outcome {
            case .deleted, .absent: result.succeeded += 1
            case .failed(let error): result.failures.append(JobFailure(key: key.name, error: error))
            }
        }
        return result
    }
}
