import KVFiles
import KVModel

/// What a witness sees here was read before the change, not with it: the API has no transactions.
extension CloudflareEngine {
    /// Those of the entries that may be put.
    ///
    /// - Parameter areNew: They are known not to be there, so that nothing has to be read.
    func released(
        _ entries: [Entry], in namespace: NamespaceID, areNew: Bool, by witness: (any ChangeWitness)?
    ) async throws -> [Entry] {
        guard let witness else { return entries }
        let there = areNew ? [] : try await existing(among: entries.map(\.key), in: namespace)
        let new = try await ask(witness, about: entries.filter { !there.contains($0.key) }.map { (nil, $0) })
        let byKey = Dictionary(entries.map { ($0.key, $0) }) { _, last in last }
        let replaced = try await show(there.sorted(), in: namespace, to: witness) { byKey[$0] }
        return (new + replaced.released.compactMap { byKey[$0] }).sorted { $0.key < $1.key }
    }

    /// Reads what the keys hold and shows it, portion by portion. Keys that are not there are neither held nor released.
    func show(
        _ keys: [Key], in namespace: NamespaceID, to witness: any ChangeWitness, replacement: (Key) -> Entry?
    ) async throws -> (released: [Key], held: Set<Key>) {
        var released: [Key] = []
        var held: Set<Key> = []
        var rest = keys[...]
        while !rest.isEmpty {
            let found = try await read(Array(rest), in: namespace, bytes: traits.batches.bytes)
            rest = rest.dropFirst(found.count)
            let changes = found.compactMap { $0?.entry }.map {
                (key: $0.key, old: $0 as Entry?, new: replacement($0.key))
            }
            for (change, isReleased) in zip(changes, try await verdicts(of: witness, on: changes)) {
                if isReleased { released.append(change.key) } else { held.insert(change.key) }
            }
        }
        return (released, held)
    }

    /// Those of the new entries that may be put.
    func ask(_ witness: (any ChangeWitness)?, about changes: [(old: Entry?, new: Entry)]) async throws -> [Entry] {
        guard let witness else { return changes.map(\.new) }
        let verdicts = try await verdicts(of: witness, on: changes.map { ($0.new.key, $0.old, $0.new) })
        return zip(changes, verdicts).compactMap { $1 ? $0.new : nil }
    }

    private func verdicts(
        of witness: any ChangeWitness, on changes: [(key: Key, old: Entry?, new: Entry?)]
    ) async throws -> [Bool] {
        guard !changes.isEmpty else { return [] }
        return try await Blocking.run {
            let verdicts = try changes.map { try witness.mayReplace($0.old, with: $0.new, of: $0.key) }
            try witness.seal()
            return verdicts
        }
    }
}
