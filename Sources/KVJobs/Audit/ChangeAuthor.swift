import KVLedger
import KVModel
import Synchronization

/// Who makes the changes of a request, and what they have come to so far. Bound while the request is answered.
package final class ChangeAuthor: Sendable {
    @TaskLocal package static var current: ChangeAuthor?

    let origin: RequestOrigin
    private let changes = Mutex<[NotedChange]>([])

    init(_ origin: RequestOrigin) {
        self.origin = origin
    }

    func note(_ change: NotedChange) {
        changes.withLock { changes in
            for index in changes.indices where changes[index].absorb(change) { return }
            changes.append(change)
        }
    }

    var noted: [NotedChange] { changes.withLock { $0 } }
}

/// What an engine has done.
struct NotedChange: Hashable, Sendable {
    var action: AuditAction
    var store: String
    var namespace: NamespaceID
    var title: String?
    var key: Key?
    var count = 0
    var detail = ""

    func record(by author: ChangeAuthor, at time: Int64) -> AuditRecord {
        AuditRecord(
            at: time, who: author.origin.user, via: author.origin.via, action: action, store: store,
            namespace: namespace,
            namespaceTitle: title,
            key: key, count: count, job: nil, jobKind: nil, detail: detail, request: author.origin.request)
    }

    /// Takes in another change of entries by the same request: one request leaves one record, in however many batches an
    /// engine had to be told.
    fileprivate mutating func absorb(_ other: NotedChange) -> Bool {
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
    fileprivate var ofSeveral: AuditAction? {
        switch self {
        case .entryWritten, .entriesWritten: .entriesWritten
        case .entryDeleted, .entriesDeleted: .entriesDeleted
        default: nil
        }
    }
}
