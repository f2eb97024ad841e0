import KVModel
import NIOPosix

/// The tags of a place's keys.
extension Place {
    func tags(of keys: [Key]) async throws -> [Key: [String]] {
        try await book.tags(of: keys, in: namespace, of: store)
    }

    func setTags(_ tags: [Key: [String]]) async throws {
        try await book.set(tags, in: namespace, of: store)
    }

    /// Notes the tags that keys are about to lose or change, where pre-images are kept.
    ///
    /// - Parameters:
    ///   - after: what they will have; none where nothing is said.
    ///   - areCounted: Whether they are what the job changes, or go along with entries.
    func noteTags(of keys: [Key], after: [Key: [String]] = [:], areCounted: Bool = false) async throws {
        guard journal.keepsPreImages, areCounted || book.hasAny(in: namespace, of: store) else { return }
        let before = try await tags(of: keys)
        let seen = journal.pending.seenTags(on: side)
        let changes = keys.filter { !seen.contains($0) }.compactMap { key -> TagsChanged? in
            let change = TagsChanged(side: side, key: key, before: before[key] ?? [], after: after[key] ?? [])
            return areCounted || change.before != change.after ? change : nil
        }
        guard !changes.isEmpty else { return }
        try await NIOThreadPool.singleton.runIfActive { [journal] in
            for change in changes { try journal.note(change, isCounted: areCounted) }
        }
    }
}
