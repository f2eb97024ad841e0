import KVJobs
import KVLedger
package import KVModel

extension Workspace {
    /// Returns a page of the namespaces of a store, by title.
    package func namespaces(
        of store: String, matching query: String, from cursor: PageCursor?, limit: Int
    ) async throws -> Page<Namespace> {
        let engine = engine(of: try self.store(store, for: .read))
        let page = try await engine.namespaces(matching: query, from: cursor, limit: limit)
        resources.titles.learn(page.items, in: store)
        return page
    }

    /// Returns every namespace of a store, by title.
    package func allNamespaces(of store: String) async throws -> [Namespace] {
        var all: [Namespace] = []
        var cursor: PageCursor?
        repeat {
            let page = try await namespaces(of: store, matching: "", from: cursor, limit: 1_000)
            all += page.items
            cursor = page.cursor
        } while cursor != nil
        return all
    }

    /// Throws `namespace_not_found`.
    package func namespace(_ location: NamespaceLocation) async throws -> Namespace {
        let namespace = try await engine(of: location, for: .read).namespace(location.id)
        resources.titles.learn([namespace], in: location.store)
        return namespace
    }

    /// Throws `namespace_exists`.
    package func createNamespace(titled title: String, in store: String) async throws -> Namespace {
        let engine = engine(of: try self.store(store, for: .manageNamespaces))
        return try await recording { changes in
            let namespace = try await engine.createNamespace(titled: title)
            resources.titles.learn([namespace], in: store)
            changes.add(
                AuditedChange(
                    action: .namespaceCreated, store: store, namespace: namespace.id, title: namespace.title))
            return namespace
        }
    }

    /// Renames a namespace, or sets or clears its protection, which needs a permission of its own.
    package func update(_ location: NamespaceLocation, _ change: NamespaceChange) async throws -> Namespace {
        let engine = try engine(of: location, for: .manageNamespaces)
        if change.isProtected != nil { _ = try self.engine(of: location, for: .protectNamespaces) }
        return try await recording { changes in
            let before = await known(location, engine)
            let after = try await engine.updateNamespace(location.id, change)
            resources.titles.learn([after], in: location.store)
            if change.title != nil, before?.title.utf8.elementsEqual(after.title.utf8) != true {
                let detail = before.map { "It was \"\($0.title)\" before." } ?? ""
                changes.add(
                    AuditedChange(
                        action: .namespaceRenamed, store: location.store, namespace: location.id, title: after.title,
                        detail: detail))
            }
            if let isProtected = change.isProtected, before?.isProtected != isProtected {
                let action: AuditAction = isProtected ? .namespaceProtected : .namespaceUnprotected
                changes.add(
                    AuditedChange(
                        action: action, store: location.store, namespace: location.id, title: after.title))
            }
            return after
        }
    }

    /// Deletes a namespace with its annotations, and ends the jobs that work on it.
    package func delete(_ location: NamespaceLocation) async throws {
        let engine = try engine(of: location, for: .manageNamespaces)
        try await recording { changes in
            let before = await known(location, engine)
            try await annotated(engine, of: location).deleteNamespace(location.id)
            resources.titles.forget(location)
            changes.add(
                AuditedChange(
                    action: .namespaceDeleted, store: location.store, namespace: location.id, title: before?.title,
                    count: before?.keyCount ?? 0))
            try await resources.jobs.endJobs(of: location.id, in: location.store, by: origin)
        }
    }

    // MARK: Titles

    /// The namespace as it is now. Where requests cost a quota, the last known title is enough.
    private func known(_ location: NamespaceLocation, _ engine: any KeyValueEngine) async -> Namespace? {
        guard engine.traits.capabilities.contains(.costsQuota) else { return try? await engine.namespace(location.id) }
        return resources.titles[location].map { Namespace(id: location.id, title: $0) }
    }

    /// The title for the audit log; nil where it is not known and asking for it would cost a request.
    func title(of location: NamespaceLocation, _ engine: any KeyValueEngine) async -> String? {
        if let title = resources.titles[location] { return title }
        guard let found = await known(location, engine) else { return nil }
        resources.titles.learn([found], in: location.store)
        return found.title
    }
}
