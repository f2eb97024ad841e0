import KVModel

/// Deletes keys. One that is not there counts as deleted: that is what was asked, and what a repeat after a crash finds.
struct Delete: Step {
    /// What a key whose value's size is not known counts for.
    private static let unknownSize = 8 << 10

    let namespace: NamespaceID
    let engine: any KeyValueEngine

    func apply(_ items: [KeyInfo]) async throws -> StepResult {
        var result = StepResult(lastKey: items.last?.key.name)
        var rest = items[...]
        while !rest.isEmpty {
            let keys = portion(of: rest).map(\.key)
            rest = rest.dropFirst(keys.count)
            for (key, outcome) in zip(keys, try await engine.delete(keys, in: namespace)) {
                switch outcome {
                case .deleted, .absent: result.succeeded += 1
                case .failed(let error): result.failures.append(JobFailure(key: key.name, error: error))
                }
            }
        }
        return result
    }

    private func portion(of items: ArraySlice<KeyInfo>) -> ArraySlice<KeyInfo> {
        guard let bytesAtOnce = engine.traits.batches.deletedBytes else { return items }
        var bytes = 0
        let end = items.firstIndex { info in
            defer { bytes += info.size ?? Self.unknownSize }
            return bytes >= bytesAtOnce
        }
        return items[..<(end ?? items.endIndex)]
    }
}
