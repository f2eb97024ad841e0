import Foundation
import HTTPTypes
import Hummingbird
import KVJobs
import KVModel
import KVTransfer

/// Files into namespaces and out of jobs.
struct TransferRoutes {
    /// `auto` or a format.
    private enum ImportFormat: String, CaseIterable {
        case auto, ndjson, json, csv, wrangler
    }

    let stores: Stores
    let jobs: Jobs

    func add(to router: Router<AppContext>) {
        router.post("/api/stores/:store/namespaces/:namespace/import", use: importFile)
        router.get("/api/jobs/:job/download", use: download)
    }

    @Sendable private func importFile(_ request: Request, _ context: AppContext) async throws -> Response {
        let query = try Query(request)
        let format = try query.choice("format", ImportFormat.self) ?? .auto
        let collision = try query.choice("collision", Collision.self) ?? .overwrite
        let store = try context.part("store")
        let namespace = try await context.engine(among: stores).namespace(context.namespace())
        if namespace.isProtected { throw KVError.protected(namespace.title) }

        let path = jobs.files.temporary()
        defer { jobs.files.discard(path) }
        let freeBytes = jobs.files.freeBytes()
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length >= freeBytes {
            throw KVError(.diskFull, "The disk has no room for this file; free some space and send it again.")
        }
        try await Upload(to: path, freeBytes: freeBytes).receive(request.body)
        let draft = Jobs.Draft(
            store: store, namespace: namespace.id,
            work: .importing(format: FileFormat(rawValue: format.rawValue), collision: collision),
            createdBy: context.user, idempotencyKey: request.idempotencyKey)
        return .accepted(try await jobs.createImport(draft, upload: path))
    }

    @Sendable private func download(_ request: Request, _ context: AppContext) async throws -> Response {
        let job = try await jobs.job(context.job())
        let path = jobs.files.download(of: job.id)
        guard let download = job.download, FileManager.default.fileExists(atPath: path) else {
            throw KVError(
                .noDownload, "The job \"\(job.id)\" has no file: it has made none, or it has been removed by age.")
        }
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .acceptRanges: "bytes", .eTag: "\"\(job.id)\"",
            .contentDisposition: "attachment; filename=\"\(download.name)\"",
        ]
        let whole = 0...max(0, download.bytes - 1)
        switch ByteRange(request.headers[.range], of: download.bytes) {
        case .whole:
            return Response(
                status: .ok, headers: headers,
                body: try await FileIO().loadFile(path: path, range: whole, context: context))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(download.bytes)"
            return Response(
                status: .partialContent, headers: headers,
                body: try await FileIO().loadFile(path: path, range: range, context: context))
        case .unsatisfiable:
            return Response(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(download.bytes)"])
        }
    }
}

/// One range of bytes as RFC 9110 writes it. Several at once, and what cannot be read, are the whole.
enum ByteRange: Equatable {
    case whole
    case part(ClosedRange<Int>)
    case unsatisfiable

    init(_ header: String?, of length: Int) {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else {
            self = .whole
            return
        }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else {
            self = .whole
            return
        }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last) where last != nil || ends[1].isEmpty:
            let end = min(last ?? .max, length - 1)
            self = first < length && first <= end ? .part(first...end) : .unsatisfiable
        case (nil, let suffix?) where ends[0].isEmpty:
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)...length - 1) : .unsatisfiable
        default: self = .whole
        }
    }
}
