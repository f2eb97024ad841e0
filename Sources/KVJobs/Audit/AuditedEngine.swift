import KVLedger
package import KVModel

/// Notes in the audit log what a store's engine has really changed, but for the changes of jobs, which note their own ends.
///
/// It stands outermost, around `ProtectedEngine`: what is refused or fails has changed nothing and leaves no record, and
/// whoever speaks to a store speaks to this. The change has been made when it is noted. Should that fail (a full disk, say), it is
/// said in the log and the answer stays what it is: to answer with an error would tell that nothing was changed.
package struct AuditedEngine: EngineLayer {
    package var engine: any KeyValueEngine
    private let store: String
    private let log: AuditLog
    private let titles = NamespaceTitles()

    package init(_ engine: any KeyValueEngine, storeNamed store: String, log: AuditLog) {
        self.engine = engine
        self.store = store
        self.log = log
    }

    /// Jobs record their own ends.
    package func working(in context: WorkContext) -> any KeyValueEngine {
        guard context.priority == .users else { return engine.working(in: context) }
        var bound = self
        bound.engine = engine.working(in: context)
        return bound
    }

    // MARK: Namespaces

    package func namespaces(
        matching query: String, from cursor: PageCursor?, limit: Int
    ) async throws -> Page<Namespace> {
        let page = try await engine.namespaces(matching: query, from: cursor, limit: limit)
        titles.learn(page.items)
        return page
    }

    package func namespace(_ id: NamespaceID) async throws -> Namespace {
        let namespace = try await engine.namespace(id)
        titles.learn([namespace])
        return namespace
    }

    package func createNamespace(titled title: String) async throws -> Namespace {
        let namespace = try await engine.createNamespace(titled: title)
        titles.learn([namespace])
        await note(
            NotedChange(action: .namespaceCreated, store: store, namespace: namespace.id, title: namespace.title))
        return namespace
    }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        let before = await known(id)
        let after = try await engine.updateNamespace(id, change)
        titles.learn([after])
        if change.title != nil, !(before?.title.utf8.elementsEqual(after.title.utf8) ?? false) {
            let detail = before.map { "It was \"\($0.title)\" before." } ?? ""
            await note(
                NotedChange(action: .namespaceRenamed, store: store, namespace: id, title: after.title, detail: detail))
        }
        if let isProtected = change.isProtected, before?.isProtected != isProtected {
            let action: AuditAction = isProtected ? .namespaceProtected : .namespaceUnprotected
            await note(NotedChange(action: action, store: store, namespace: id, title: after.title))
        }
        return after
    }

    package func deleteNamespace(_ id: NamespaceID) async throws {
        let before = await known(id)
        try await engine.deleteNamespace(id)
        titles.forget(id)
        await note(
            NotedChange(
                action: .namespaceDeleted, store: store, namespace: id, title: before?.title,
                count: before?.keyCount ?? 0))
    }

    // MARK: Writing

    package func write(
        _ entries: [Entry], in namespace: NamespaceID, when condition: WriteCondition, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        let outcomes = try await engine.write(entries, in: namespace, when: condition, witness: witness)
        await note(.entryWritten, in: namespace) { zip(entries, outcomes).filter { $1.hasChanged }.map(\.0.key) }
        return outcomes
    }

    package func delete(
        _ keys: [Key], in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [DeleteOutcome] {
        let outcomes = try await engine.delete(keys, in: namespace, witness: witness)
        await note(.entryDeleted, in: namespace) { zip(keys, outcomes).filter { $1 == .deleted }.map(\.0) }
        return outcomes
    }

    package func expire(
        _ keys: [Key], at expiration: Expiration?, in namespace: NamespaceID, witness: (any ChangeWitness)?
    ) async throws -> [WriteOutcome] {
        let outcomes = try await engine.expire(keys, at: expiration, in: namespace, witness: witness)
        await note(.entryWritten, in: namespace) { zip(keys, outcomes).filter { $1.hasChanged }.map(\.0) }
        return outcomes
    }

    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let outcome = try await engine.writeValue(body, of: info, in: namespace, when: condition)
        await note(.entryWritten, in: namespace) { outcome.hasChanged ? [info.key] : [] }
        return outcome
    }

    // MARK: Noting

    /// - Parameters:
    ///   - action: that of a single key.
    ///   - changed: The keys.
    private func note(_ action: AuditAction, in namespace: NamespaceID, of changed: () -> [Key]) async {
        let keys = changed()
        guard let first = keys.first else { return }
        let count = keys.count == 1 ? 1 : Set(keys).count
        let plural: AuditAction = action == .entryWritten ? .entriesWritten : .entriesDeleted
        await note(
            NotedChange(
                action: count == 1 ? action : plural, store: store, namespace: namespace,
                title: await title(of: namespace), key: count == 1 ? first : nil, count: count))
    }

    private func note(_ change: NotedChange) async { await log.note(change) }

    /// The namespace as it is now. Where requests cost a quota, the last known title is enough.
    private func known(_ id: NamespaceID) async -> Namespace? {
        guard traits.capabilities.contains(.costsQuota) else { return try? await engine.namespace(id) }
        return titles[id].map { Namespace(id: id, title: $0) }
    }

    private func title(of id: NamespaceID) async -> String? {
        if let title = titles[id] { return title }
        guard let found = await known(id) else { return nil }
        titles.learn([found])
        return found.title
    }
}

extension WriteOutcome {
    fileprivate var hasChanged: Bool {
        switch self {
        case .created, .replaced, .written: true
        case .unmet, .failed: false
        }
    }
}
