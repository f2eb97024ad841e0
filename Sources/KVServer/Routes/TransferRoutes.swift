import HTTPTypes
import Hummingbird
import KVFiles
import KVHTTP
import KVLedger
import KVModel
import KVTransfer
import KVWorkspace

/// Files into namespaces and out of jobs.
struct TransferRoutes {
    /// `auto` or a format.
    private enum ImportFormat: String, CaseIterable {
        case auto, ndjson, json, csv, wrangler
    }

    let resources: WorkspaceResources

    func add(to router: RouteTable<AppContext>) {
        router.post("/api/stores/:store/namespaces/:namespace/import", requires: .write, use: importFile)
        router.get("/api/jobs/:job/download", requires: .export, use: download)
    }

    @Sendable private func importFile(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let format = try query.choice("format", ImportFormat.self) ?? .auto
        let collision = try query.choice("collision", Collision.self) ?? .overwrite
        var file = FileImport(format: FileFormat(rawValue: format.rawValue), collision: collision)
        file.fileName = try Self.fileName(query)
        file.isStrict = try query.boolean("strict")
        file.keepsPreImages = try query.boolean("undoable")
        let line = request.line(context)
        file.idempotencyKey = try request.idempotencyKey.map { ($0, line) }
        let encoding = try query.choice("encoding", TextEncoding.self) ?? .utf8
        let job = try await context.workspace(resources).importFile(file, into: context.location()) { path, freeBytes in
            try await Upload(to: path, freeBytes: freeBytes, encoding: encoding).receive(request)
        }
        return try .accepted(job, below: context.base)
    }

    /// For users, so a long one is cut rather than refused.
    private static func fileName(_ query: Query) throws(KVError) -> String? {
        try query.text("filename", atMost: TextLimit.fileName).map { name in
            String(String.UnicodeScalarView(name.unicodeScalars.prefix(TextLimit.keptFileName)))
        }
    }

    @Sendable private func download(_ request: Request, _ context: AppContext) async throws -> Response {
        let (job, download, path) = try await context.workspace(resources).download(of: context.job())
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .acceptRanges: "bytes", .eTag: "\"\(job.id)\"",
        ]
        if try request.clientHasCurrent(headers[.eTag]) { return .notModified(headers) }
        headers.setAttachment(download.name, else: "export")
        let file = try await Blocking.run { try SpoolFile(reading: path) }
        switch ByteRange(request, of: download.bytes, etag: headers[.eTag]) {
        case .whole:
            return Response(
                status: .ok, headers: headers, length: download.bytes,
                pieces: ResponseBody(.file(file, 0..<download.bytes)))
        case .part(let range):
            headers[.contentLength] = "\(range.count)"
            return .part(
                range, of: download.bytes, headers: headers, body: ResponseBody(.file(file, Range(range))))
        case .unsatisfiable: return .unsatisfiable(download.bytes, "file", requestID: context.id)
        }
    }
}
