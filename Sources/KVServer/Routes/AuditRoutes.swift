import HTTPTypes
import Hummingbird
import KVAPI
import KVHTTP
import KVLedger
import KVModel
import KVWorkspace
import NIOCore

/// Who changed what, and when: a page of it, or all of it as a table for a spreadsheet.
struct AuditRoutes {
    private enum Format: String, CaseIterable { case json, csv }

    /// Records of a table that are in memory while the client does not read.
    private static let recordsAtOnce = 100

    let resources: WorkspaceResources
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/audit", requires: .readAudit, use: list)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let filter = try AuditFilter(query)
        switch try query.choice("format", Format.self) ?? .json {
        case .json: return try await page(filter, context.workspace(resources))
        case .csv: return table(filter, context.workspace(resources))
        }
    }

    private func page(_ filter: AuditFilter, _ workspace: Workspace) async throws -> Response {
        let page = try await workspace.audit(filter)
        return try .json(
            .ok, API.AuditPage(audit: page.items.map { API.AuditRecord($0) }, cursor: page.cursor?.text))
    }

    /// All that the filter lets through, read page by page as the client takes it.
    private func table(_ filter: AuditFilter, _ workspace: Workspace) -> Response {
        var all = filter
        all.cursor = nil
        all.limit = Self.recordsAtOnce
        let day = API.Time(clock.now).text.prefix(10)
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8"]
        headers.setAttachment("audit-\(day).csv", else: "audit")
        let body = ResponseBody { [all] writer in
            var filter = all
            try await writer.write(ByteBuffer(bytes: AuditTable.header))
            repeat {
                let page = try await workspace.audit(filter)
                try await writer.write(ByteBuffer(bytes: AuditTable.rows(page.items)))
                filter.cursor = page.cursor
            } while filter.cursor != nil
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension AuditFilter {
    /// From `since`, `until`, `who`, `action` (several by commas), `store`, `namespace`, `job`, `key`.
    init(_ query: Query) throws(KVError) {
        self.init()
        since = try query.time("since")
        until = try query.time("until", endOfDay: true)
        who = try query.text("who", atMost: TextLimit.name)
        actions = try query.choices("action", AuditAction.self)
        store = try query.text("store", atMost: TextLimit.name)
        namespace = try query.text("namespace", atMost: TextLimit.name)
        job = try query.text("job", atMost: TextLimit.name)
        key = try query.text("key")
        cursor = try query.cursor()
        limit = try query.limit()
    }
}

extension API.AuditRecord {
    fileprivate init(_ record: AuditRecord) {
        self.init(
            at: API.Time(record.at), who: record.who, via: record.via.rawValue,
            action: record.action.rawValue, store: record.store, namespace: record.namespace.text,
            namespaceTitle: record.namespaceTitle, key: record.key?.name, count: record.count, job: record.job?.text,
            jobKind: record.jobKind, detail: record.detail, request: record.request)
    }
}
