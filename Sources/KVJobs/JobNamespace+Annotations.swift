import KVFiles
import KVLedger
import KVModel

/// The annotations of the keys of a namespace.
extension JobNamespace {
    func annotations(of keys: [Key]) async throws -> [Key: Annotation] {
        try await annotationStore.annotations(of: keys, in: id, of: store)
    }

    func changeAnnotations(_ changes: [Key: AnnotationChange]) async throws {
        try await untilStored {
            try await annotationStore.changeAnnotations(changes, in: id, of: store, usesReserve: true)
        }
    }

    /// What entries bring along, as far as it may change anything. Of several for one key all are written one after the
    /// other, or only the first.
    func changes(by items: [AnnotatedEntry], _ collision: Collision) async throws -> [Key: AnnotationChange] {
        let isAnnotated = try await annotationStore.hasAnnotations(in: id, of: store)
        guard items.contains(where: { $0.annotation.matters(where: isAnnotated) }) else { return [:] }
        return Dictionary(items.map { ($0.key, $0.annotation) }) { first, later in
            collision == .overwrite ? first.followed(by: later) : first
        }
    }

    /// For the notes on keys that are deleted: their annotations go with them.
    func losses(of keys: [Key]) async throws -> ChangingAnnotations {
        guard journal.keepsPreImages else { return ChangingAnnotations() }
        let present = try await annotations(of: keys)
        return ChangingAnnotations(
            present: present, changes: present.mapValues { _ in AnnotationChange.removal })
    }

    /// Notes what becomes of annotations while their entries stay as they are.
    func note(_ changes: [Key: AnnotationChange]) async throws {
        guard journal.keepsPreImages else { return }
        let keys = changes.keys.sorted()
        let present = try await annotations(of: keys)
        let seen = journal.pending.seenAnnotations(on: side)
        let noted = keys.filter { !seen.contains($0) }.map { key in
            let before = present[key] ?? Annotation()
            let after = changes[key]?.applied(to: before) ?? before
            return AnnotationChanged(side: side, key: key, states: AnnotationStates(before: before, after: after))
        }
        try await Blocking.run { [journal] in
            for change in noted { try journal.note(change) }
            try journal.seal()
        }
    }
}
