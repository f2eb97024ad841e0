import KVLedger
import KVModel
import Logging
import Synchronization

/// The change of an annotation that belongs to a write of the same key: both are made, or neither.
///
/// The annotation is changed first, since that can be taken back without loss. If it cannot be changed, nothing is written.
final class AnnotationWrite: Sendable {
    private let change: AnnotationChange
    private let key: Key
    private let location: NamespaceLocation
    private let annotations: any AnnotationStore
    private let wasAnnotated: Bool
    private let logger: Logger
    /// The annotation before the change; nil while it has not been changed.
    private let before = Mutex<Annotation?>(nil)

    /// - Parameter wasAnnotated: Whether keys of the namespace may have annotations already.
    init(
        _ change: AnnotationChange, of key: Key, in location: NamespaceLocation,
        _ annotations: any AnnotationStore, wasAnnotated: Bool, logger: Logger
    ) {
        self.change = change
        self.key = key
        self.location = location
        self.annotations = annotations
        self.wasAnnotated = wasAnnotated
        self.logger = logger
    }

    /// Changes the annotation. Call it right before the entry is written.
    func apply() async throws {
        let present = try await present()
        try await store(change, usesReserve: false)
        before.withLock { $0 = present }
    }

    /// Takes the change back unless `write`, which calls `apply`, has written the entry.
    func whileWriting(_ write: () async throws -> WriteOutcome) async throws -> WriteOutcome {
        let outcome: WriteOutcome
        do {
            outcome = try await write()
        } catch {
            await takeBack(after: error)
            throw error
        }
        guard outcome.isWritten else {
            try await takeBack()
            return outcome
        }
        if case .created = outcome { try await forgetPredecessor() }
        return outcome
    }

    /// The error of the write is the answer; an annotation that cannot be restored is reported in the server log.
    private func takeBack(after error: any Error) async {
        do {
            if !wasAnnotated, (error as? KVError)?.code == .namespaceNotFound {
                // Otherwise writes to made-up namespaces would fill the list of those that have annotations.
                try await annotations.dropAnnotations(in: location.id, of: location.store)
            } else {
                try await takeBack()
            }
        } catch {
            // Keys are not logged.
            logger.error(
                "An entry was not written, but its annotation was changed and could not be restored",
                metadata: ["store": "\(location.store)", "namespace": "\(location.id)", "error": "\(error)"])
        }
    }

    /// Keeps a change that another client has made since.
    private func takeBack() async throws {
        guard let before = before.withLock(\.self), try await present() == change.applied(to: before) else { return }
        try await store(AnnotationChange(to: before), usesReserve: true)
    }

    /// A new key inherits nothing from one of the same name that has expired.
    private func forgetPredecessor() async throws {
        guard let before = before.withLock(\.self), !before.isEmpty else { return }
        try await store(AnnotationChange(to: change.applied(to: Annotation())), usesReserve: true)
    }

    private func present() async throws -> Annotation {
        try await annotations.annotations(of: [key], in: location.id, of: location.store)[key] ?? Annotation()
    }

    private func store(_ change: AnnotationChange, usesReserve: Bool) async throws {
        try await annotations.changeAnnotations(
            [key: change], in: location.id, of: location.store, usesReserve: usesReserve)
    }
}

/// The pieces of a body, and a function that is called once, after the last one and before the end is reported.
struct PiecesWithEnd: AsyncSequence, Sendable {
    let base: any AsyncSequence<[UInt8], any Error> & Sendable
    let atEnd: @Sendable () async throws -> Void

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), atEnd: atEnd) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: any AsyncIteratorProtocol<[UInt8], any Error>
        fileprivate var atEnd: (@Sendable () async throws -> Void)?

        mutating func next() async throws -> [UInt8]? {
            if let piece = try await base.next(isolation: #isolation) { return piece }
            try await atEnd?()
            atEnd = nil
            return nil
        }
    }
}
