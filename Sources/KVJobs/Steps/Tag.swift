import KVLedger
import KVModel

/// Puts tags or a colour on keys, or takes them off. The store itself is not touched.
struct Tag: Step {
    let namespace: JobNamespace
    let change: TagChange
    /// Whether keys are named one by one, so that it is not known that they are there.
    let isNamed: Bool

    func apply(_ items: [KeyInfo]) async throws -> StepResult {
        try namespace.annotationStore.requireRoomForAnnotations()
        var result = StepResult(lastKey: items.last?.key.name)
        var keys = items.map(\.key)
        if isNamed {
            let existing = try await namespace.engine.existing(among: keys, in: namespace.id)
            result.absent = keys.filter { !existing.contains($0) }
            keys.removeAll { !existing.contains($0) }
        }
        let before = try await namespace.annotations(of: keys)
        var changes: [Key: AnnotationChange] = [:]
        for key in keys {
            let change = change.applied(to: before[key]?.tags ?? [])
            if let tags = change.tags, tags.count > Tags.maximumCount {
                let error = KVError(
                    .invalidTags,
                    "The key \(quoting: key) would have \(tags.count) tags; \(Tags.maximumCount) is the most.")
                result.failures.append(JobFailure(key: key.name, error: error))
            } else {
                changes[key] = change
                result.succeeded += 1
            }
        }
        try await namespace.note(changes)
        try await namespace.changeAnnotations(changes)
        return result
    }
}
