import KVModel
import NIOCore
import NIOHTTP1

/// One request to the KV part of Cloudflare's API, whose paths it knows. Printed, it names no key.
struct Call: CustomStringConvertible {
    /// How long an attempt may take, in seconds, and how much longer for each megabyte sent.
    private static let seconds: Int64 = 60
    private static let secondsPerMegabyte: Int64 = 2

    let method: HTTPMethod
    /// Behind `/accounts/{id}/storage/kv/namespaces`.
    let path: String
    let contentType: String?
    let body: ByteBuffer?

    private let name: StaticString

    var description: String { "\(name)" }

    private init(
        _ name: StaticString, _ method: HTTPMethod, _ path: String, contentType: String? = nil, body: ByteBuffer? = nil
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.contentType = contentType
        self.body = body
    }

    static func namespaces(page: Int, perPage: Int) -> Call {
        Call("list namespaces", .GET, "?page=\(page)&per_page=\(perPage)&order=title&direction=asc")
    }

    static func create(title: String) -> Call { titled("create a namespace", .POST, "", title) }

    static func namespace(_ id: NamespaceID) -> Call {
        Call("get a namespace", .GET, "/\(segment(id.text))")
    }

    static func delete(_ id: NamespaceID) -> Call {
        Call("delete a namespace", .DELETE, "/\(segment(id.text))")
    }

    static func rename(_ id: NamespaceID, title: String) -> Call {
        titled("rename a namespace", .PUT, "/\(segment(id.text))", title)
    }

    static func keys(in id: NamespaceID, prefix: [UInt8], cursor: String, limit: Int) -> Call {
        var path = "/\(segment(id.text))/keys?limit=\(limit)"
        if !prefix.isEmpty { path += "&prefix=\(PercentCoding.encode(String(decoding: prefix, as: UTF8.self)))" }
        if !cursor.isEmpty { path += "&cursor=\(PercentCoding.encode(cursor))" }
        return Call("list keys", .GET, path)
    }

    static func value(_ key: Key, in id: NamespaceID) -> Call {
        Call("get a value", .GET, single("values", key, in: id))
    }

    static func metadata(_ key: Key, in id: NamespaceID) -> Call {
        Call("get metadata", .GET, single("metadata", key, in: id))
    }

    static func put(_ info: KeyInfo, in id: NamespaceID, body: ByteBuffer, contentType: String) -> Call {
        var path = single("values", info.key, in: id)
        if let expiration = info.expiration { path += "&expiration=\(expiration.seconds)" }
        return Call("put a value", .PUT, path, contentType: contentType, body: body)
    }

    enum Bulk {
        case get, put, delete
    }

    static func bulk(_ kind: Bulk, in id: NamespaceID, body: ByteBuffer) -> Call {
        let base = "/\(segment(id.text))/bulk"
        return switch kind {
        case .get: Call("bulk get", .POST, base + "/get", contentType: "application/json", body: body)
        case .put: Call("bulk put", .PUT, base, contentType: "application/json", body: body)
        case .delete: Call("bulk delete", .POST, base + "/delete", contentType: "application/json", body: body)
        }
    }

    var timeout: TimeAmount {
        .seconds(Self.seconds + Self.secondsPerMegabyte * Int64(body?.readableBytes ?? 0) / 1_000_000)
    }

    /// The address of one key. The parameter has the API decode the key; without it, some keys, such as `a^b`, are not found.
    /// wrangler sends it with every request for one key.
    private static func single(_ resource: String, _ key: Key, in id: NamespaceID) -> String {
        "/\(segment(id.text))/\(resource)/\(segment(key.name))?url_encoded=true"
    }

    /// A part of a path. A key such as `a/b` is one part.
    private static func segment(_ text: String) -> String { PercentCoding.encode(text) }

    private static func titled(
        _ name: StaticString, _ method: HTTPMethod, _ path: String, _ title: String
    ) -> Call {
        var bytes = Array("{\"title\":".utf8)
        bytes.appendJSONString(title.utf8)
        bytes.append(UInt8(ascii: "}"))
        return Call(name, method, path, contentType: "application/json", body: ByteBuffer(bytes: bytes))
    }
}
