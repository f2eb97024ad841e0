import KVModel

/// Deletes keys. One that is not there counts as deleted: that is what was asked, and what a repeat after a crash finds.
struct Delete: Step {
    /// Bytes of values that go at once: a store may have to walk through what it frees.
    private static let bytesAtOnce = 64 << 20
    /// What a key whose value's size is not known counts for.
    private static let unknownSize = 8 << 10

    let namespace: NamespaceID
    let engine: any KeyValueEngine

    func apply(_ items: [KeyInfo]) async throws -> StepResult {
        var result = StepResult(lastKey: items.last?.key.name)
        var rest = items[...]
        while !rest.isEmpty {
            let keys = Self.portion(of: rest).map(\.key)
            rest = rest.dropFirst(keys.count)
            result.requests += 1
            for (key, outcome) in zip(keys, try await engine.delete(keys, in: namespace)) {
                switch outcome {
                case .deleted, .absent: result.succeeded += 1
                case .failed(let error): result.failures.append(JobFailure(key: key.name, error: error))
                }
            }
        }
        return result
    }

    private static func portion(of items: ArraySlice<KeyInfo>) -> ArraySlice<KeyInfo> {
        var bytes = 0
        let end = items.firstIndex { info in
            defer { bytes += info.size ?? unknownSize }
            return bytes >= bytesAtOnce
        }
        return items[..<(end ?? items.endIndex)]
    }
}
