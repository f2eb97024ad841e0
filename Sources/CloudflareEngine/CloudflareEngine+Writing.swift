package import KVModel

extension CloudflareEngine {
    /// Conditions are looked up first: the API knows none. So is what a witness is to see.
    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        var outcomes = [WriteOutcome](repeating: .written(nil), count: entries.count)
        // Of entries with the same key only the last one is sent; or the first one, which the others then find there.
        var chosen: [Key: Int] = [:]
        for (index, entry) in entries.enumerated() {
            if let error = refusal(of: entry) {
                outcomes[index] = .failed(error)
            } else if condition != .absent || chosen[entry.key] == nil {
                chosen[entry.key] = index
            }
        }
        let met = try await meeting(condition, chosen.mapValues { entries[$0] }, in: namespace)
        let meant = chosen.filter { met.contains($0.key) }.values.sorted { entries[$0].key < entries[$1].key }
        let sent = try await released(
            meant.map { entries[$0] }, in: namespace, areNew: condition == .absent, by: witness)
        let failures = try await put(sent, in: namespace)
        let written = Set(sent.map(\.key))
        for (index, entry) in entries.enumerated() {
            if case .failed = outcomes[index] { continue }
            guard condition != .absent || chosen[entry.key] == index else {
                outcomes[index] = .unmet
                continue
            }
            outcomes[index] = outcome(of: entry, condition, isMet: written.contains(entry.key), failures[entry.key])
        }
        return outcomes
    }

    /// A single key that people ask for is looked up before, so that they hear when there was none.
    package func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] {
        if keys.count == 1, EngineWork.current == nil,
            try await existing(among: keys, in: namespace).isEmpty
        {
            _ = try await self.namespace(namespace)
            return [.absent]
        }
        var keysToGo = Set(keys).sorted()
        var unchanged: [Key: DeleteOutcome] = [:]
        if let witness {
            let (released, held) = try await show(keysToGo, in: namespace, to: witness) { _ in nil }
            for key in Set(keysToGo).subtracting(released) { unchanged[key] = held.contains(key) ? .unmet : .absent }
            keysToGo = released
        }
        let failures =
            keysToGo.isEmpty
            ? [:]
            : try await bulk(keysToGo, .delete, in: namespace) { keys in
                BulkBody.deleting(keys)
            }
        return keys.map { key in
            unchanged[key] ?? failures[key].map { .failed($0) } ?? .deleted
        }
    }

    /// Reads the entries and puts them again: the API changes no expiration by itself.
    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        while outcomes.count < keys.count {
            let rest = Array(keys[outcomes.count...])
            let found = try await read(rest, in: namespace, bytes: traits.batches.bytes)
            let changed = found.compactMap { versioned in
                versioned.map { found in
                    var entry = found.entry
                    entry.expiration = expiration
                    return (old: found.entry, new: entry)
                }
            }
            let released = try await ask(witness, about: changed)
            let written = released.isEmpty ? [] : try await write(released, in: namespace, when: .always, witness: nil)
            let byKey = Dictionary(zip(released.map(\.key), written)) { _, last in last }
            outcomes += rest.prefix(found.count).map { byKey[$0] ?? .unmet }
        }
        return outcomes
    }

    // MARK: Conditions

    /// Those of the keys for which the condition holds.
    private func meeting(
        _ condition: WriteCondition, _ entries: [Key: Entry], in namespace: NamespaceID
    ) async throws -> Set<Key> {
        let keys = Array(entries.keys)
        switch condition {
        case .always: return Set(keys)
        case .absent: return Set(keys).subtracting(try await existing(among: keys, in: namespace))
        case .matches(nil): return try await existing(among: keys, in: namespace)
        case .matches(let etag):
            let matching = try await keys.concurrently(width: 8) { key in
                try await whole(key, in: namespace)?.etag == etag ? key : nil
            }
            return Set(matching.compactMap(\.self))
        }
    }

    private func outcome(
        of entry: Entry, _ condition: WriteCondition, isMet: Bool, _ failure: KVError?
    ) -> WriteOutcome {
        if let failure { return .failed(failure) }
        guard isMet else { return .unmet }
        let etag = EngineWork.current == nil ? entry.etag : nil
        return switch condition {
        case .always: .written(etag)
        case .absent: .created(etag)
        case .matches: .replaced(etag)
        }
    }

    /// What Cloudflare would refuse, and with it the whole request.
    private func refusal(of entry: Entry) -> KVError? {
        if entry.value.count > Entry.maximumValueBytes { return .tooLarge(entry.value.count) }
        if let metadata = entry.metadata, metadata.json.count > Metadata.maximumBytes {
            return KVError(
                .metadataTooLarge,
                "Metadata has at most \(Metadata.maximumBytes) bytes of JSON; this has \(metadata.json.count).")
        }
        return entry.expiration.flatMap { tooSoon($0) }
    }

    func tooSoon(_ expiration: Expiration) -> KVError? {
        guard expiration.isTooSoon(at: nowSeconds) else { return nil }
        return KVError(
            .invalidExpiration,
            "The entry expires in less than \(Expiration.minimumTTL) seconds, and Cloudflare takes no such entry.")
    }

    // MARK: Bulk

    private func put(_ entries: [Entry], in namespace: NamespaceID) async throws -> [Key: KVError] {
        var failures: [Key: KVError] = [:]
        var rest = entries[...]
        while !rest.isEmpty {
            let portion = BulkBody.portion(of: rest)
            rest = rest.dropFirst(portion.count)
            let byKey = Dictionary(portion.map { ($0.key, $0) }) { _, last in last }
            do {
                let failed = try await bulk(portion.map(\.key), .put, in: namespace) { keys in
                    try BulkBody.putting(keys.compactMap { byKey[$0] })
                } isLate: { key in
                    byKey[key]?.expiration?.isTooSoon(at: nowSeconds) ?? false
                }
                failures.merge(failed) { _, new in new }
            } catch let error as KVError where portion.startIndex > entries.startIndex {
                // Those before it are written: the others have to be told one by one.
                for entry in portion + rest { failures[entry.key] = error }
                return failures
            }
        }
        return failures
    }
}
