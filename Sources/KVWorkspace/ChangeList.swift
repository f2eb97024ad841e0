import KVLedger
import KVModel
import Synchronization

/// The changes that one request has made so far.
final class ChangeList: Sendable {
    private let changes = Mutex<[AuditedChange]>([])

    func add(_ change: AuditedChange) {
        changes.withLock { changes in
            for index in changes.indices where changes[index].absorb(change) { return }
            changes.append(change)
        }
    }

    var all: [AuditedChange] { changes.withLock { $0 } }
}

/// A change that the audit log records.
struct AuditedChange: Hashable, Sendable {
    var action: AuditAction
    var store: String
    var namespace: NamespaceID
    var title: String?
    var key: Key?
    var count = 0
    var detail = ""

    func record(by origin: RequestOrigin, at time: Timestamp) -> AuditRecord {
        AuditRecord(
            at: time, who: origin.user, via: origin.via, action: action, store: store, namespace: namespace,
            namespaceTitle: title, key: key, count: count, job: nil, jobKind: nil, detail: detail,
            request: origin.request)
    }

    /// Adds another change of entries by the same request: one request leaves one record, however many batches it has.
    fileprivate mutating func absorb(_ other: AuditedChange) -> Bool {
        guard let plural = action.ofSeveral, plural == other.action.ofSeveral, store == other.store,
            namespace == other.namespace
        else { return false }
        action = plural
        key = nil
        count += other.count
        return true
    }
}

extension AuditAction {
    /// The action for several entries; nil for changes of something else.
    var ofSeveral: AuditAction? {
        switch self {
        case .entryWritten, .entriesWritten: .entriesWritten
        case .entryDeleted, .entriesDeleted: .entriesDeleted
        default: nil
        }
    }
}
