import KVLedger
import KVModel

/// Deletes keys. A named key that is not there is absent, unless this job has deleted it before a crash.
struct Delete: Step {
    /// What a key whose value's size is not known counts for.
    private static let unknownSize = 8 << 10

    /// For a store that does not report which keys it has deleted, where they are not read first.
    static let countsAll =
        "The store does not report which keys it deletes: named keys that do not exist count as deleted."

    let namespace: JobNamespace
    /// Whether keys are named one by one; one that was listed has been deleted on the way if it is not there, as was asked.
    let isNamed: Bool

    func apply(_ items: [KeyInfo]) async throws -> StepResult {
        var result = StepResult(lastKey: items.last?.key.name)
        let capabilities = namespace.engine.traits.capabilities
        if isNamed, !capabilities.contains(.reportsPriorExistence), !namespace.journal.keepsPreImages {
            result.notice = Self.countsAll
        }
        let pending = namespace.journal.pending
        var rest = items[...]
        while !rest.isEmpty {
            let keys = portion(of: rest).map(\.key)
            rest = rest.dropFirst(keys.count)
            let interceptor = namespace.interceptor(try await namespace.losses(of: keys))
            let outcomes = try await namespace.engine.delete(keys, in: namespace.id, interceptor: interceptor)
            for (key, outcome) in zip(keys, outcomes) {
                switch outcome {
                case .absent where isNamed && !pending.hasSeen(key, namespace.side): result.absent.append(key)
                case .deleted, .absent: result.succeeded += 1
                case .unmet: result.failures.append(JobFailure(key: key.name, error: .changedSince(key)))
                case .failed(let error): result.failures.append(JobFailure(key: key.name, error: error))
                }
            }
        }
        return result
    }

    private func portion(of items: ArraySlice<KeyInfo>) -> ArraySlice<KeyInfo> {
        guard let bytesAtOnce = namespace.engine.traits.batches.deletedBytes else { return items }
        var bytes = 0
        let end = items.firstIndex { info in
            defer { bytes += info.size ?? Self.unknownSize }
            return bytes >= bytesAtOnce
        }
        return items[..<(end ?? items.endIndex)]
    }
}

extension KVError {
    static func changedSince(_ key: Key) -> KVError {
        KVError(.changedSince, "The key \(quoting: key) has changed since; it was left as it is.")
    }
}
