/// Everything that can go wrong, for every layer: a stable code for programs and a sentence for people.
///
/// `detail` is shown to clients and stored with jobs: it says what happened, to what, and what to do, and holds no
/// internals. What an engine or the system said about it goes to `cause`, which only the log sees.
package struct KVError: Error, Hashable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case storeNotFound = "store_not_found"
        case namespaceNotFound = "namespace_not_found"
        case keyNotFound = "key_not_found"
        case jobNotFound = "job_not_found"
        case backupNotFound = "backup_not_found"
        case routeNotFound = "route_not_found"

        case invalidRequest = "invalid_request"
        case invalidKey = "invalid_key"
        case invalidValue = "invalid_value"
        case valueTooLarge = "value_too_large"
        case invalidMetadata = "invalid_metadata"
        case metadataTooLarge = "metadata_too_large"
        case invalidExpiration = "invalid_expiration"
        case invalidTags = "invalid_tags"
        case invalidColor = "invalid_color"
        case invalidTitle = "invalid_title"
        case invalidCursor = "invalid_cursor"
        case bodyTooLarge = "body_too_large"
        case unsupportedEncoding = "unsupported_encoding"
        case rangeNotSatisfiable = "range_not_satisfiable"

        case invalidRecord = "invalid_record"
        case unknownFormat = "unknown_format"
        case noValues = "no_values"
        case truncatedFile = "truncated_file"
        case expandsTooFar = "expands_too_far"

        case namespaceExists = "namespace_exists"
        case namespaceProtected = "namespace_protected"
        case keyExists = "key_exists"
        case preconditionFailed = "precondition_failed"
        case invalidTransition = "invalid_transition"
        case idempotencyKeyReused = "idempotency_key_reused"
        case backupAtWork = "backup_at_work"
        case tooManyBackups = "too_many_backups"
        case noDownload = "no_download"
        case downloadDamaged = "download_damaged"
        case valueChanged = "value_changed"
        case changedSince = "changed_since"
        case notUndoable = "not_undoable"
        case nothingToRetry = "nothing_to_retry"
        case interrupted = "interrupted"

        case forbiddenOrigin = "forbidden_origin"
        case forbidden = "forbidden"
        case hostNotAllowed = "host_not_allowed"
        case upgradeRequired = "upgrade_required"
        case tooManySockets = "too_many_sockets"
        case tooManyKeyLists = "too_many_key_lists"
        case methodNotAllowed = "method_not_allowed"
        case bodyTooSlow = "body_too_slow"
        case serverBusy = "server_busy"

        case notSupported = "not_supported"
        case storeProtected = "store_protected"
        case storeUnauthorized = "store_unauthorized"
        case storeThrottled = "store_throttled"
        case diskFull = "disk_full"
        case storeUnavailable = "store_unavailable"
        case shuttingDown = "shutting_down"
        case internalError = "internal_error"
    }

    package var code: Code
    package var detail: String
    package var cause: String?
    /// A code that a newer version has stored, and this one does not have.
    private var newerCode: String?

    package init(_ code: Code, _ detail: String, cause: String? = nil) {
        self.code = code
        self.detail = detail
        self.cause = cause
    }

    /// An error as it was stored.
    package init(stored name: String, _ detail: String) {
        let known = Code(rawValue: name)
        self.init(known ?? .internalError, detail)
        newerCode = known == nil ? name : nil
    }

    /// The code as clients see it.
    package var codeName: String { newerCode ?? code.rawValue }
}

extension KVError {
    package static func noStore(_ name: String) -> KVError {
        KVError(
            .storeNotFound,
            "There is no store named \(quoting: name). GET /api/stores (kv-manager stores) lists those that exist.")
    }

    package static func noNamespace(_ id: NamespaceID) -> KVError {
        KVError(.namespaceNotFound, "There is no namespace with the id \(quoting: id.text); it may have been deleted.")
    }

    package static func noKey(_ key: Key) -> KVError {
        KVError(
            .keyNotFound,
            "There is no key \(quoting: key). Check its name; it may also have been deleted, or have expired.")
    }

    package static func titleTaken(_ title: String) -> KVError {
        KVError(.namespaceExists, "A namespace titled \(quoting: title) already exists; choose another title.")
    }

    package static func protected(_ title: String) -> KVError {
        KVError(
            .namespaceProtected, "The namespace \(quoting: title) is protected; take the protection off to change it.")
    }

    package static func tooLarge(_ bytes: Int? = nil) -> KVError {
        let size = bytes.map { " this one has \($0)." } ?? " this one has more."
        return KVError(.valueTooLarge, "A value has at most \(Entry.maximumValueBytes) bytes (25 MiB);\(size)")
    }
}
