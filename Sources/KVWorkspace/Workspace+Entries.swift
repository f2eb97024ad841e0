import KVJobs
import KVLedger
package import KVModel

extension Workspace {
    // MARK: Keys

    /// The capabilities and limits of the namespace's engine. They need no permission.
    package func traits(of location: NamespaceLocation) throws(KVError) -> EngineTraits {
        try resources.stores.store(named: location.store).traits
    }

    /// Returns a page of keys in byte order.
    package func keys(in location: NamespaceLocation, _ query: KeyQuery) async throws -> Page<KeyInfo> {
        try await engine(of: location, for: .read).keys(in: location.id, query)
    }

    /// Returns a page of keys with their annotations.
    ///
    /// - Parameters:
    ///   - delimiter: Empty: all keys under the query's prefix. Otherwise one level of the tree there.
    ///   - counts: Whether the keys under the prefix are counted too, where that is cheap.
    package func keys(
        in location: NamespaceLocation, _ query: KeyQuery, delimiter: [UInt8], counts: Bool
    ) async throws -> AnnotatedKeys {
        let engine = try engine(of: location, for: .read)
        let count = counts ? try await engine.count(in: location.id, prefix: query.prefix) : nil
        let page: FolderPage
        if delimiter.isEmpty {
            let keys = try await engine.keys(in: location.id, query)
            page = FolderPage(keys: keys.items, cursor: keys.cursor)
        } else {
            page = try await engine.folders(in: location.id, query, delimiter: delimiter)
        }
        return AnnotatedKeys(
            page: page, annotations: try await annotations(of: page.keys.map(\.key), in: location), count: count)
    }

    /// Returns the annotations of keys. The caller has checked the permission to read them.
    private func annotations(of keys: [Key], in location: NamespaceLocation) async throws -> [Key: Annotation] {
        try await resources.annotations.annotations(of: keys, in: location.id, of: location.store)
    }

    // MARK: Reading

    /// Throws `key_not_found`.
    package func value(of key: Key, in location: NamespaceLocation) async throws -> ValueStream {
        try await engine(of: location, for: .read).readValue(of: key, in: location.id)
    }

    /// Returns the value of a key and its annotation. Throws `key_not_found`.
    package func entry(
        _ key: Key, in location: NamespaceLocation
    ) async throws -> (value: ValueStream, annotation: Annotation?) {
        let value = try await engine(of: location, for: .read).readValue(of: key, in: location.id)
        return (value, try await annotations(of: [key], in: location)[key])
    }

    /// Answers for a leading part of the keys; see ``KeyValueEngine/read(_:in:bytes:)``.
    package func read(_ keys: [Key], in location: NamespaceLocation, bytes: Int) async throws -> [VersionedEntry?] {
        try await engine(of: location, for: .read).read(keys, in: location.id, bytes: bytes)
    }

    // MARK: Writing

    /// Throws what prevents writing to the namespace, where looking costs no quota: for callers that are about to receive
    /// much. The write itself checks again.
    ///
    /// - Parameter permission: `write` or `delete`.
    package func checkWritable(_ location: NamespaceLocation, for permission: Permission) async throws {
        try await engine(of: location, for: permission).checkWritable(location.id)
    }

    /// Writes an entry and changes its annotation: both, or neither.
    package func write(
        _ entry: Entry, _ annotation: AnnotationChange = AnnotationChange(), in location: NamespaceLocation,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let engine = try engine(of: location, for: .write)
        return try await writing(entry.key, annotation, in: location, engine) { engine, annotate in
            try await annotate?()
            return try await engine.write([entry], in: location.id, when: condition)[0]
        }
    }

    /// Writes an entry whose value arrives in pieces, and changes its annotation: both, or neither.
    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo,
        _ annotation: AnnotationChange = AnnotationChange(), in location: NamespaceLocation,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let engine = try engine(of: location, for: .write)
        return try await writing(info.key, annotation, in: location, engine) { engine, annotate in
            let pieces: any AsyncSequence<[UInt8], any Error> & Sendable =
                if let annotate { PiecesWithEnd(base: body, atEnd: annotate) } else { body }
            return try await engine.writeValue(pieces, of: info, in: location.id, when: condition)
        }
    }

    /// - Parameter write: Writes to the engine that it gets. The function, if there is one, is to be called right before the
    ///   entry is stored.
    private func writing(
        _ key: Key, _ change: AnnotationChange, in location: NamespaceLocation, _ engine: any KeyValueEngine,
        _ write: (_ engine: any KeyValueEngine, _ annotate: (@Sendable () async throws -> Void)?) async throws
            -> WriteOutcome
    ) async throws -> WriteOutcome {
        try await recording { changes in
            let isAnnotated = try await resources.annotations.hasAnnotations(in: location.id, of: location.store)
            let outcome: WriteOutcome
            if change.matters(where: isAnnotated) {
                let paired = AnnotationWrite(
                    change, of: key, in: location, resources.annotations, wasAnnotated: isAnnotated,
                    logger: resources.logger)
                outcome = try await paired.whileWriting { try await write(engine, paired.apply) }
            } else {
                outcome = try await write(annotated(engine, of: location), nil)
            }
            if outcome.isWritten { await add(.entryWritten, of: [key], in: location, engine, to: changes) }
            return outcome
        }
    }

    /// Deletes an entry with its annotation.
    package func delete(_ key: Key, in location: NamespaceLocation) async throws -> DeleteOutcome {
        try await deleting(in: location) { try await $0.delete([key])[0] }
    }

    // MARK: Bulk

    /// Writes entries in batches, which are recorded as one change.
    package func writing<Result>(
        in location: NamespaceLocation, _ body: (BulkChanges) async throws -> Result
    ) async throws -> Result {
        try await changing(location, for: .write, body)
    }

    /// Deletes entries in batches, which are recorded as one change.
    package func deleting<Result>(
        in location: NamespaceLocation, _ body: (BulkChanges) async throws -> Result
    ) async throws -> Result {
        try await changing(location, for: .delete, body)
    }

    private func changing<Result>(
        _ location: NamespaceLocation, for permission: Permission, _ body: (BulkChanges) async throws -> Result
    ) async throws -> Result {
        let engine = try engine(of: location, for: permission)
        return try await recording { changes in
            try await body(BulkChanges(workspace: self, location: location, engine: engine, changes: changes))
        }
    }

    // MARK: Annotations and audit

    /// An engine that removes the annotations of keys that are deleted or created again.
    func annotated(_ engine: any KeyValueEngine, of location: NamespaceLocation) -> AnnotatedEngine {
        AnnotatedEngine(engine, storeNamed: location.store, annotations: resources.annotations)
    }

    /// - Parameter action: That of a single key.
    func add(
        _ action: AuditAction, of keys: [Key], in location: NamespaceLocation, _ engine: any KeyValueEngine,
        to changes: ChangeList
    ) async {
        guard let first = keys.first else { return }
        let count = keys.count == 1 ? 1 : Set(keys).count
        changes.add(
            AuditedChange(
                action: count == 1 ? action : action.ofSeveral ?? action, store: location.store, namespace: location.id,
                title: await title(of: location, engine), key: count == 1 ? first : nil, count: count))
    }
}
