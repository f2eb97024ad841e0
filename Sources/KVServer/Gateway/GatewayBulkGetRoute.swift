import Hummingbird
import KVModel
import NIOPosix

/// Up to 100 values at once, as text or JSON.
///
/// It is text that is answered, and what is not text is damaged, as on the hosted service: bytes that are not UTF-8
/// become U+FFFD.
struct GatewayBulkGetRoute {
    fileprivate static let maximumKeys = 100
    /// Of all values together; ours, to bound memory. One value alone has no more.
    private static let maximumBytes = Entry.maximumValueBytes

    let stores: Stores

    func add(to router: RouteTable) {
        router.add("\(GatewayRoute.namespace)/bulk/get", GatewayEndpoint(.post, "bulk get", get))
    }

    @Sendable private func get(_ request: Request, _ context: AppContext) async throws -> Response {
        let engine = try context.engine(among: stores)
        let namespace = try context.namespaceID()
        let wanted = try await Wanted(request)
        let found = try await Self.read(wanted.keys, in: namespace, of: engine)
        return try await NIOThreadPool.singleton.runIfActive { try wanted.response(found) }
    }

    private static func read(
        _ keys: [Key], in namespace: NamespaceID, of engine: any KeyValueEngine
    ) async throws -> [Entry?] {
        var found: [Entry?] = []
        var total = 0
        while found.count < keys.count {
            let rest = Array(keys[found.count...])
            for answer in try await engine.read(rest, in: namespace, bytes: max(1, maximumBytes - total)) {
                found.append(answer?.entry)
                total += answer?.entry.value.count ?? 0
            }
            guard total <= maximumBytes else {
                throw KVError(
                    .valueTooLarge,
                    "The values have more than \(maximumBytes) bytes (25 MiB) together; ask for fewer keys at once.")
            }
        }
        return found
    }
}

/// What is asked for.
private struct Wanted: Sendable {
    private enum Form: String, CaseIterable { case text, json }

    /// Each once.
    private(set) var keys: [Key] = []
    private var form = Form.text
    private var withMetadata = false

    init(_ request: Request) async throws {
        var wanted = self
        try await request.readMembers { name, scanner in
            switch name {
            case "keys": wanted.keys = try BulkKeys.read(&scanner, atMost: GatewayBulkGetRoute.maximumKeys)
            case "type": wanted.form = scanner.takeNull() ? .text : try scanner.choice(Form.self)
            case "withMetadata": wanted.withMetadata = scanner.takeNull() ? false : try scanner.boolean()
            default: return false
            }
            return true
        }
        guard !wanted.keys.isEmpty else { throw CloudflareError.wrongCount("at least one key needed") }
        var seen: Set<Key> = []
        wanted.keys = wanted.keys.filter { seen.insert($0).inserted }
        self = wanted
    }

    /// Throws where a value is to be JSON and is not.
    func response(_ found: [Entry?]) throws -> Response {
        let values = try found.map { entry in try entry.map { try value($0) } }
        let size = values.reduce(1_024) { $0 + ($1?.count ?? 4) + 64 }
        return .envelope(capacity: size) { json in
            json.object { json in
                json.name("values")
                json.object { json in
                    for (index, key) in keys.enumerated() {
                        json.name(utf8: key.bytes)
                        write(values[index], of: found[index], to: &json)
                    }
                }
            }
        }
    }

    private func write(_ value: [UInt8]?, of entry: Entry?, to json: inout JSONWriter) {
        guard let value, let entry else { return json.null() }
        guard withMetadata else { return text(value, to: &json) }
        json.object { json in
            json.name("value")
            text(value, to: &json)
            json.name("metadata")
            if let metadata = entry.metadata { json.raw(metadata.json) } else { json.null() }
            if let expiration = entry.expiration { json.member("expiration", expiration.seconds) }
        }
    }

    private func text(_ value: [UInt8], to json: inout JSONWriter) {
        if form == .json { json.raw(value) } else { json.string(utf8: value) }
    }

    private func value(_ entry: Entry) throws -> [UInt8] {
        let text = Self.text(entry.value)
        guard form == .json else { return text }
        // A mark before JSON is none of it.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let json = text.starts(with: mark) ? Array(text.dropFirst(mark.count)) : text
        do {
            try JSONScanner.validate(json)
        } catch {
            throw CloudflareError.badBody("the value of \(quoting: entry.key) is not JSON: \(error)")
        }
        return json
    }

    private static func text(_ value: [UInt8]) -> [UInt8] {
        value.isValidUTF8 ? value : Array(String(decoding: value, as: UTF8.self).utf8)
    }
}
