package import KVModel

/// Which records to list, the newest first.
package struct AuditFilter: Sendable {
    /// Both are included.
    package var since: Timestamp?
    package var until: Timestamp?
    package var who: String?
    package var actions: [AuditAction] = []
    package var store: String?
    package var namespace: String?
    package var job: String?
    package var key: String?
    package var cursor: PageCursor?
    package var limit = 100

    package init() {}
}
