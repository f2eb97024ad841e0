import Dispatch

extension BasicEngine {
    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        var outcomes = [WriteOutcome](repeating: .unmet, count: entries.count)
        // Of entries with the same key only the last is put; if keys must be absent, the first, which the others then meet.
        var chosen: [Key: Int] = [:]
        for (index, entry) in entries.enumerated() {
            if let error = refusal(of: entry) {
                outcomes[index] = .failed(error)
            } else if condition != .absent || chosen[entry.key] == nil {
                chosen[entry.key] = index
            }
        }
        let met = try await meeting(condition, Array(chosen.keys), in: namespace)
        let meant = chosen.filter { met.contains($0.key) }.values.sorted { entries[$0].key < entries[$1].key }
        let released = try await released(meant.map { entries[$0] }, in: namespace, when: condition, by: interceptor)
        let failures = released.isEmpty ? [:] : try await put(released, in: namespace)
        let written = Set(released.map(\.key))
        for (index, entry) in entries.enumerated() {
            if case .failed = outcomes[index] { continue }
            guard written.contains(entry.key), condition != .absent || chosen[entry.key] == index else { continue }
            outcomes[index] = failures[entry.key].map { .failed($0) } ?? outcome(of: entry, condition)
        }
        return outcomes
    }

    /// A single key that a user deletes is looked up first, to report whether it existed.
    package func delete(
        _ keys: [Key], in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [DeleteOutcome] {
        if keys.count == 1, context.priority == .users, try await existing(among: keys, in: namespace).isEmpty {
            _ = try await self.namespace(namespace)
            return [.absent]
        }
        var removed = Set(keys).sorted()
        var unchanged: [Key: DeleteOutcome] = [:]
        if let interceptor {
            let (released, held) = try await show(removed, in: namespace, to: interceptor)
            for key in Set(removed).subtracting(released) { unchanged[key] = held.contains(key) ? .unmet : .absent }
            removed = released
        }
        let failures = removed.isEmpty ? [:] : try await remove(removed, in: namespace)
        return keys.map { key in unchanged[key] ?? failures[key].map { .failed($0) } ?? .deleted }
    }

    /// Reads the entries and puts them with the expiration.
    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, interceptor: (any ChangeInterceptor)?
    ) async throws -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        while outcomes.count < keys.count {
            let rest = Array(keys[outcomes.count...])
            let found = try await read(rest, in: namespace, bytes: traits.batches.bytes)
            let changed = found.compactMap { versioned in
                versioned.map { found in
                    var entry = found.entry
                    entry.expiration = expiration
                    return (old: found.entry as Entry?, new: entry)
                }
            }
            let supported = changed.filter { refusal(of: $0.new) == nil }
            let released = try await released(supported, by: interceptor)
            let refused = changed.map(\.new).filter { refusal(of: $0) != nil }
            let written = try await write(refused + released, in: namespace, when: .always, interceptor: nil)
            let byKey = Dictionary(zip((refused + released).map(\.key), written)) { _, last in last }
            outcomes += rest.prefix(found.count).map { byKey[$0] ?? .unmet }
        }
        return outcomes
    }

    private func outcome(of entry: Entry, _ condition: WriteCondition) -> WriteOutcome {
        let etag = etag(of: entry)
        return switch condition {
        case .always: .written(etag)
        case .absent: .created(etag)
        case .matches: .replaced(etag)
        }
    }

    // MARK: Conditions

    /// Returns those of the keys for which the condition holds now.
    private func meeting(
        _ condition: WriteCondition, _ keys: [Key], in namespace: NamespaceID
    ) async throws -> Set<Key> {
        switch condition {
        case .always: return Set(keys)
        case .absent: return Set(keys).subtracting(try await existing(among: keys, in: namespace))
        case .matches(nil): return try await existing(among: keys, in: namespace)
        case .matches(let etag?):
            var matching: Set<Key> = []
            for key in keys {
                guard let found = try await read([key], in: namespace, bytes: .max)[0] else { continue }
                guard let present = found.etag else {
                    throw KVError(
                        .notSupported,
                        "Entries of this store have no ETag. Use a condition on whether the key exists, or none.")
                }
                if present == etag { matching.insert(key) }
            }
            return matching
        }
    }

    // MARK: Interceptors

    /// Returns those of the entries, which meet the condition, that may be put.
    private func released(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition,
        by interceptor: (any ChangeInterceptor)?
    ) async throws -> [Entry] {
        guard let interceptor else { return entries }
        let keys = entries.map(\.key)
        let present: Set<Key> =
            switch condition {
            case .absent: []
            case .matches: Set(keys)
            case .always: try await existing(among: keys, in: namespace)
            }
        let new = try await released(entries.filter { !present.contains($0.key) }.map { (nil, $0) }, by: interceptor)
        let byKey = Dictionary(entries.map { ($0.key, $0) }) { _, last in last }
        let replaced = try await show(
            present.sorted(), in: namespace, to: interceptor, replacements: byKey, createsMissing: condition == .always)
        return (new + replaced.released.compactMap { byKey[$0] }).sorted { $0.key < $1.key }
    }

    private func released(
        _ changes: [(old: Entry?, new: Entry)], by interceptor: (any ChangeInterceptor)?
    ) async throws -> [Entry] {
        guard let interceptor else { return changes.map(\.new) }
        let verdicts = try await interceptor.verdicts(on: changes.map { ($0.new.key, $0.old, $0.new) })
        return zip(changes, verdicts).compactMap { $1 ? $0.new : nil }
    }

    /// Reads what the keys hold, and shows in portions how that changes. A key without a replacement is deleted.
    ///
    /// - Parameter createsMissing: Whether a key that does not exist is created. Otherwise it is neither held nor released.
    private func show(
        _ keys: [Key], in namespace: NamespaceID, to interceptor: any ChangeInterceptor,
        replacements: [Key: Entry] = [:],
        createsMissing: Bool = false
    ) async throws -> (released: [Key], held: Set<Key>) {
        var released: [Key] = []
        var held: Set<Key> = []
        var rest = keys[...]
        while !rest.isEmpty {
            let found = try await read(Array(rest), in: namespace, bytes: traits.batches.bytes)
            // Another client may have deleted a key since it was looked up.
            let changes = zip(rest, found).filter { createsMissing || $1 != nil }.map { key, found in
                (key: key, old: found?.entry, new: replacements[key])
            }
            rest = rest.dropFirst(found.count)
            for (change, isReleased) in zip(changes, try await interceptor.verdicts(on: changes)) {
                if isReleased { released.append(change.key) } else { held.insert(change.key) }
            }
        }
        return (released, held)
    }
}

extension ChangeInterceptor {
    /// Returns which of the changes may be made. When this returns, everything that was seen is sealed.
    fileprivate func verdicts(on changes: [(key: Key, old: Entry?, new: Entry?)]) async throws -> [Bool] {
        guard !changes.isEmpty else { return [] }
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let verdicts = try changes.map { try mayReplace($0.old, with: $0.new, of: $0.key) }
                        try seal()
                        return verdicts
                    })
            }
        }
    }
}
