import KVFiles
import KVJobs
package import KVLedger
package import KVModel
package import KVTransfer

/// How a file is to be imported.
package struct FileImport: Sendable {
    /// The name of the file where it comes from, for people.
    package var fileName: String?
    /// The format of the file; nil to detect it.
    package var format: FileFormat?
    package var collision: Collision
    package var isStrict: Bool?
    package var keepsPreImages: Bool?
    /// The key under which the client may send the request again, and the request's line.
    package var idempotencyKey: (text: String, line: String)?

    package init(format: FileFormat?, collision: Collision) {
        self.format = format
        self.collision = collision
    }
}

extension Workspace {
    /// Receives a file, and creates the job that imports it. Throws what prevents the import before the file is received.
    package func importFile(
        _ file: FileImport, into location: NamespaceLocation, receivedBy receive: FileReceiver
    ) async throws -> Job {
        let namespace = try await namespaceToImport(into: location)
        return try await receiving(by: receive) { path in
            let key = try await Blocking.run {
                try file.idempotencyKey.map { try IdempotencyKey($0.text, of: $0.line, bodyAt: path) }
            }
            var draft = Jobs.Draft(
                store: location.store, namespace: namespace.id,
                work: ImportJob(format: file.format, collision: file.collision, isStrict: file.isStrict),
                keepsPreImages: file.keepsPreImages, idempotencyKey: key)
            draft.fileName = file.fileName
            return try await checking(draft) { try await resources.jobs.createImport($0, upload: path) }
        }
    }

    private func namespaceToImport(into location: NamespaceLocation) async throws -> Namespace {
        let namespace = try await engine(of: location, for: .write).namespace(location.id)
        if namespace.isProtected { throw KVError.protected(namespace.title) }
        return namespace
    }
}
