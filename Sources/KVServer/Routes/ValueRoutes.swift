import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace
import NIOCore

/// Values as raw bytes, streamed both ways.
struct ValueRoutes {
    /// Of a value whose key has no name for a file.
    private static let fileName = "value"

    let resources: WorkspaceResources
    let bodies: BodyStorage
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        let path: RouterPath = "/api/stores/:store/namespaces/:namespace/values"
        for address: RouterPath in [path, "\(path)/:key"] {
            router.get(address, requires: .read, use: read)
            router.put(address, requires: .write, use: write)
        }
    }

    /// `?download=1` has browsers save the value under the last part of its key.
    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.key(of: request)
        let value = try await context.workspace(resources).value(of: key, in: context.location())
        var headers = HTTPFields(value.info)
        let etag = value.info.etag?.quoted
        if try request.clientHasCurrent(etag) { return .notModified(headers) }
        headers[.contentType] = "application/octet-stream"
        if request.uri.query != nil, try Query(request).boolean("download") == true {
            let name = key.name.split(separator: "/").last.flatMap { FileName.safe($0) } ?? Self.fileName
            headers.setAttachment(name, else: Self.fileName)
        }
        headers[.acceptRanges] = "bytes"
        guard let size = value.info.size, size > 0 else {
            return Response(status: .ok, headers: headers, value)
        }
        switch ByteRange(request, of: size, etag: etag) {
        case .whole: return Response(status: .ok, headers: headers, value)
        case .part(let range):
            headers[.contentLength] = "\(range.count)"
            return .part(range, of: size, headers: headers, body: ResponseBody(value, range))
        case .unsatisfiable: return .unsatisfiable(size, "value", requestID: context.id)
        }
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.location()
        var info = try info(request, context)
        let annotation = try request.headers.json(.annotation, else: .invalidRequest).map {
            try AnnotationChange(json: $0)
        }
        let condition = try WriteCondition(request)
        let outcome: WriteOutcome
        if let boundary = try ValueForm.boundary(of: request) {
            guard info.metadata == nil, annotation == nil else {
                throw KVError(.invalidRequest, "In a form, metadata and the annotation are parts, not headers.")
            }
            try await request.checkWritable(location, workspace)
            let received = try await ReceivedForm(request, boundary: boundary, hasAnnotation: true, bodies)
            outcome = try await received.write(as: info, in: location, workspace, when: condition)
            (info.metadata, info.size) = (received.form.metadata, received.form.value.count)
        } else {
            let (written, size) = try await ValueBody(request: request, bodies: bodies).write(
                as: info, annotation ?? AnnotationChange(), in: location, workspace, when: condition)
            (outcome, info.size) = (written, size)
        }
        info.etag = outcome.etag
        return try .written(outcome, info.key, JSONWriter.written(info))
    }

    private func info(_ request: Request, _ context: AppContext) throws -> KeyInfo {
        let query = try Query(request)
        var info = KeyInfo(key: try context.key(of: request))
        switch (try query.text("expiration", atMost: TextLimit.name), try query.text("ttl", atMost: TextLimit.name)) {
        case (nil, nil): break
        case (let time?, nil): info.expiration = try Expiration(at: Expiration.seconds(time), now: clock.now)
        case (nil, let ttl?): info.expiration = try Expiration(ttl: Expiration.ttl(ttl), now: clock.now)
        default: throw KVError(.invalidRequest, "Give \"expiration\" or \"ttl\", not both.")
        }
        info.metadata = try request.headers.json(.metadata, else: .invalidMetadata).flatMap { try Metadata(json: $0) }
        return info
    }
}

extension Response {
    /// A value, read as fast as the client reads it.
    init(status: HTTPResponse.Status, headers: HTTPFields, _ value: ValueStream) {
        guard let rest = value.rest else {
            self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.first)))
            return
        }
        let first = HandedOver(ByteBuffer(bytes: value.first))
        let body = ResponseBody { writer in
            if let first = first.take() { try await writer.write(inPieces: first) }
            var pieces = rest.makeAsyncIterator()
            // The piece itself is gone before the client has taken it.
            while let piece = try await pieces.next().map({ ByteBuffer(bytes: $0) }) {
                try await writer.write(inPieces: piece)
            }
            try await writer.finish(nil)
        }
        if let size = value.info.size {
            self.init(status: status, headers: headers, length: size, pieces: body)
        } else {
            self.init(status: status, headers: headers, body: body)
        }
    }
}

extension ResponseBody {
    /// A part of it. What lies before is read and passed over.
    init(_ value: ValueStream, _ range: ClosedRange<Int>) {
        let first = HandedOver(value.first)
        let rest = value.rest
        self.init { writer in
            var cut = Cut(wanted: Range(range))
            if let part = first.take().flatMap({ cut.part(of: $0) }) { try await writer.write(inPieces: part) }
            var pieces = rest?.makeAsyncIterator()
            while !cut.isDone, let part = try await pieces?.next().map({ cut.part(of: $0) }) {
                if let part { try await writer.write(inPieces: part) }
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
