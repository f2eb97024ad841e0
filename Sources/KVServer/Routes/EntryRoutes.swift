import HTTPTypes
import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import KVTransfer
import KVWorkspace
import NIOCore

/// Whole entries as JSON.
struct EntryRoutes {
    /// A value of 25 MiB in base64, and room for escapes in one that is text.
    private static let bodyLimit = 64 << 20

    /// Bytes of a value that is answered from memory.
    private static let small = 64 << 10

    /// Bytes of which the coding would hold up the other connections of an event loop.
    private static let muchWork = 256 << 10

    let resources: WorkspaceResources
    let bodies: BodyStorage
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        let path: RouterPath = "/api/stores/:store/namespaces/:namespace/entries"
        for address: RouterPath in [path, "\(path)/:key"] {
            router.get(address, requires: .read, use: read)
            router.put(address, requires: .write, use: write)
            router.delete(address, requires: .delete, use: delete)
        }
    }

    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.location()
        let key = try context.key(of: request)
        var (value, annotation) = try await workspace.entry(key, in: location)
        let headers = HTTPFields(etag: value.info.etag, annotation)
        if try request.clientHasCurrent(headers[.eTag], orMatches: value.info.etag?.quoted) {
            return .notModified(headers)
        }
        switch try await value.gathered(in: bodies, upTo: Self.small, from: workspace.traits(of: location)) {
        case .small(let bytes):
            var info = value.info
            info.size = bytes.count
            var json = JSONWriter(capacity: bytes.count + 256)
            json.entry(info, bytes, annotation)
            return .json(.ok, json.bytes, headers: headers)
        case .large(let kept):
            return try await LargeEntry(value.info, kept, annotation).response(headers)
        }
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.location()
        let key = try context.key(of: request)
        let condition = try WriteCondition(request)
        try await request.checkWritable(location, workspace)
        let body = try await bodies.receive(request, upTo: Self.bodyLimit)
        let reservation = try await bodies.reserve(forReading: body)
        defer { withExtendedLifetime(reservation) {} }
        let sent = try await Blocking.run(if: body.count > Self.muchWork) { [clock] in
            try body.read { bytes in try EntryBody(bytes, now: clock.now) }
        }
        let entry = try sent.entry(key)
        let outcome = try await workspace.write(entry, sent.annotation, in: location, when: condition)
        let info = KeyInfo(
            key: key, size: entry.value.count, metadata: entry.metadata, expiration: entry.expiration,
            etag: outcome.etag)
        return try .written(outcome, key, JSONWriter.written(info))
    }

    @Sendable private func delete(_ request: Request, _ context: AppContext) async throws -> Response {
        let key = try context.key(of: request)
        guard try WriteCondition(request) == .always else {
            throw KVError(.invalidRequest, "A deletion takes no condition here; send it without If-Match.")
        }
        switch try await context.workspace(resources).delete(key, in: context.location()) {
        case .deleted: return Response(status: .noContent)
        case .absent, .unmet: throw KVError.noKey(key)
        case .failed(let error): throw error
        }
    }
}

/// What a client sends to write an entry.
private struct EntryBody {
    private var value: [UInt8]?
    private var metadata: Metadata?
    private var expiration: Expiration?
    private(set) var annotation = AnnotationChange()

    init(_ body: UnsafeBufferPointer<UInt8>, now: Timestamp) throws {
        try JSONObject.read(body) { name, scanner in
            switch name {
            case "value": try set(scanner.string())
            case "valueBase64":
                guard let bytes = try scanner.string().withUnsafeBufferPointer({ Base64.decode($0) }) else {
                    throw KVError(.invalidValue, "\"valueBase64\" is not base64 (standard alphabet, padded).")
                }
                try set(bytes)
            case "metadata": metadata = try scanner.metadata()
            case "expiration" where !scanner.takeNull():
                try set(Expiration(at: scanner.expiration(), now: now))
            case "ttl" where !scanner.takeNull():
                try set(Expiration(ttl: scanner.ttl(), now: now))
            case "expiration", "ttl": break
            default: return try annotation.read(name, &scanner)
            }
            return true
        }
    }

    func entry(_ key: Key) throws(KVError) -> Entry {
        guard let value else { throw KVError(.invalidRequest, "An entry needs \"value\" or \"valueBase64\".") }
        guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge(value.count) }
        return Entry(key: key, value: value, metadata: metadata, expiration: expiration)
    }

    private mutating func set(_ bytes: [UInt8]) throws(KVError) {
        guard value == nil else {
            throw KVError(.invalidRequest, "Give \"value\" or \"valueBase64\", not both.")
        }
        value = bytes
    }

    private mutating func set(_ time: Expiration) throws(KVError) {
        guard expiration == nil else { throw KVError(.invalidRequest, "Give \"expiration\" or \"ttl\", not both.") }
        expiration = time
    }
}

extension BodyStorage {
    /// Reserves the memory in which a body that holds a value is decoded; nil for small ones.
    fileprivate func reserve(forReading body: ReceivedBody) async throws -> MemoryReservation? {
        guard body.count > Self.allowance else { return nil }
        return try await budget.reserve(body.count + min(body.count, 2 * Entry.maximumValueBytes))
    }
}
