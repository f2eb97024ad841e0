import HTTPTypes
import Hummingbird
import KVJobs
import KVModel
import NIOCore

/// Values as raw bytes, streamed both ways.
struct ValueRoutes {
    let stores: Stores
    let annotations: AnnotationBook
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func add(to router: RouteTable) {
        let path: RouterPath = "/api/stores/:store/namespaces/:namespace/values"
        router.get("\(path)/:key", use: read)
        router.put("\(path)/:key", use: write)
        for method in [HTTPRequest.Method.get, .put] {
            router.on(path, method: method) { _, _ -> Response in throw KVError.emptyKey }
        }
    }

    /// `?download=1` has browsers save the value under the last part of its key.
    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.key()
        let value = try await context.engine(among: stores).readValue(of: key, in: context.namespace())
        var headers = HTTPFields(value.info)
        headers[.contentType] = "application/octet-stream"
        if request.uri.query != nil, try Query(request).boolean("download") == true {
            headers[.contentDisposition] = Self.attachment(key)
        }
        headers[.acceptRanges] = "bytes"
        guard let size = value.info.size, size > 0 else {
            return Response(status: .ok, headers: headers, body: ResponseBody(value))
        }
        switch ByteRange(request, of: size, etag: headers[.eTag]) {
        case .whole: return Response(status: .ok, headers: headers, body: ResponseBody(value))
        case .part(let range): return .part(range, of: size, headers: headers, body: ResponseBody(value, range))
        case .unsatisfiable: return .unsatisfiable(size, "value", requestID: context.id)
        }
    }

    private static func attachment(_ key: Key) -> String {
        let name = key.name.split(separator: "/").last.map(String.init) ?? "value"
        return "attachment; filename*=UTF-8''\(PercentCoding.encode(name))"
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let engine = try context.engine(among: stores)
        var info = try info(request, context)
        let annotation = try request.headers.json(.annotation, else: .invalidRequest).map {
            try AnnotationChange(json: $0)
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Entry.maximumValueBytes {
            throw KVError.tooLarge(length)
        }
        let condition = try WriteCondition(request)
        let body = BodyPieces(request.body)
        let outcome = try await engine.writeValue(body, of: info, in: context.namespace(), when: condition)
        if let annotation, outcome.isWritten {
            try await annotations.change([info.key: annotation], in: context.namespace(), of: context.part("store"))
        }
        info.size = body.received
        return try .written(
            outcome, info.key,
            JSONWriter.object { json in
                json.key(members: info)
                json.member("etag", orNull: outcome.etag?.text)
            })
    }

    private func info(_ request: Request, _ context: AppContext) throws -> KeyInfo {
        let query = try Query(request)
        var info = KeyInfo(key: try context.key())
        switch (try query.integer("expiration"), try query.integer("ttl")) {
        case (nil, nil): break
        case (let time?, nil): info.expiration = try Expiration(at: time, now: now())
        case (nil, let ttl?): info.expiration = try Expiration(ttl: ttl, now: now())
        default: throw KVError(.invalidRequest, "Give \"expiration\" or \"ttl\", not both.")
        }
        info.metadata = try request.headers.json(.metadata, else: .invalidMetadata).flatMap { try Metadata(json: $0) }
        return info
    }
}

extension ResponseBody {
    /// The value, read as fast as the client reads it.
    init(_ value: ValueStream) {
        let first = ByteBuffer(bytes: value.first)
        guard let rest = value.rest else {
            self.init(byteBuffer: first)
            return
        }
        self.init(contentLength: value.info.size) { writer in
            try await writer.write(first)
            for try await piece in rest { try await writer.write(ByteBuffer(bytes: piece)) }
            try await writer.finish(nil)
        }
    }

    /// A part of it. What lies before is read and passed over.
    init(_ value: ValueStream, _ range: ClosedRange<Int>) {
        self.init(contentLength: range.count) { writer in
            var cut = Cut(wanted: Range(range))
            if let part = cut.part(of: value.first) { try await writer.write(part) }
            if let rest = value.rest, !cut.isDone {
                for try await piece in rest {
                    if let part = cut.part(of: piece) { try await writer.write(part) }
                    if cut.isDone { break }
                }
            }
            try await writer.finish(nil)
        }
    }
}

/// Cuts a range out of what comes in pieces.
private struct Cut {
    let wanted: Range<Int>
    private var start = 0

    init(wanted: Range<Int>) {
        self.wanted = wanted
    }

    var isDone: Bool { start >= wanted.upperBound }

    mutating func part(of piece: [UInt8]) -> ByteBuffer? {
        defer { start += piece.count }
        let found = wanted.clamped(to: start..<start + piece.count)
        guard !found.isEmpty else { return nil }
        return ByteBuffer(bytes: piece[found.lowerBound - start..<found.upperBound - start])
    }
}
