import KVModel
import NIOPosix

/// The annotations of a place's keys.
extension Place {
    func annotations(of keys: [Key]) async throws -> [Key: Annotation] {
        try await book.annotations(of: keys, in: namespace, of: store)
    }

    /// What entries bring along, as far as it may change anything; of several for one key the last.
    func changes(by items: [AnnotatedEntry]) -> [Key: AnnotationChange] {
        let isAnnotated = book.hasAny(in: namespace, of: store)
        let changing = items.filter { $0.annotation.matters(where: isAnnotated) }
        return Dictionary(changing.map { ($0.key, $0.annotation) }) { _, last in last }
    }

    func changeAnnotations(_ changes: [Key: AnnotationChange]) async throws {
        try await book.change(changes, in: namespace, of: store)
    }

    /// Notes the annotations of keys that are about to be deleted, which go with them.
    func noteLoss(of keys: [Key]) async throws {
        guard book.hasAny(in: namespace, of: store) else { return }
        let none = AnnotationChange(to: Annotation())
        try await note(Dictionary(keys.map { ($0, none) }) { first, _ in first })
    }

    /// Notes the annotations that keys are about to lose or change, where pre-images are kept.
    ///
    /// - Parameters:
    ///   - changes: What will be said of them.
    ///   - areCounted: Whether they are what the job changes, or go along with entries.
    func note(_ changes: [Key: AnnotationChange], areCounted: Bool = false) async throws {
        guard journal.keepsPreImages else { return }
        let isAnnotated = book.hasAny(in: namespace, of: store)
        let keys = changes.filter { areCounted || $1.matters(where: isAnnotated) }.keys.sorted()
        let before = try await annotations(of: keys)
        let seen = journal.pending.seenAnnotations(on: side)
        let noted = keys.filter { !seen.contains($0) }.compactMap { key -> AnnotationChanged? in
            let old = before[key] ?? Annotation()
            let new = changes[key]?.applied(to: old) ?? old
            return areCounted || old != new ? AnnotationChanged(side: side, key: key, before: old, after: new) : nil
        }
        guard !noted.isEmpty else { return }
        try await NIOThreadPool.singleton.runIfActive { [journal] in
            for change in noted { try journal.note(change, isCounted: areCounted) }
        }
    }
}
