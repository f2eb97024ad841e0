import AsyncHTTPClient
import Foundation
import KVAPI
import KVClient
import KVModel
import NIOCore
import NIOHTTP1

/// Sends requests that proxies are known to change or refuse, as tools of Workers KV, browsers and the commands do.
struct ProxyChecks {
    private static let section = "Proxy"
    /// A key of each kind. None of them becomes another one of them where a proxy decodes or normalizes it.
    private static let keys: KeyValuePairs = [
        "key with /": "one/two", "key with //": "three//four", "key with ..": "five/../six",
        "key with %": "seven%2Feight",
        "key with \\": "nine\\ten", "key with ;": "eleven;twelve=1", "key with ?": "thirteen?fourteen#1",
        "key with a space": "fifteen sixteen", "key beyond ASCII": "é🎉",
        // Each of its bytes takes three in an address.
        "key of 512 bytes": String(repeating: "é", count: 256),
    ]
    /// The size of the large value in a store whose requests are paid for: more than the usual limit of 1 MB. Other stores get the
    /// largest value.
    private static let paidBody = 2 << 20
    /// 1,022 bytes as JSON, of the 1,024 that Workers KV allows. In the header of an answer it is 3 KB of escapes.
    private static let metadata = String(repeating: "é", count: 507)
    private static let plainMetadata = #"{"m":""# + String(repeating: "m", count: 1_016) + #""}"#
    /// 2 KB.
    private static let tags = (0..<30).map { "tag-\($0)-" + String(repeating: "t", count: 52) }

    let client: APIClient
    let namespaces: TemporaryNamespaces

    func run(_ list: Checklist) async throws {
        let made = try await list.value(Self.section, "create") {
            let isPaid = try await CheckJobs(client: client).isPaid(namespaces.store)
            return ((place: try await namespaces.make(), isPaid: isPaid), "a namespace")
        }
        guard let (place, isPaid) = made else { return }
        for (name, key) in Self.keys {
            try await list.check(Self.section, name) { try await keyInPath(key, place) }
        }
        try await list.check(Self.section, "headers of 3 KB") { try await headers(place) }
        let bytes = isPaid ? Self.paidBody : Entry.maximumValueBytes
        try await list.check(Self.section, "large value") { try await largeValue(of: bytes, place) }
        try await list.check(Self.section, "ETag") { try await etag(place) }
        try await list.check(Self.section, "origin") { try await origin(place) }
    }

    // MARK: Keys

    private func keyInPath(_ key: String, _ place: NamespaceAddress) async throws -> String {
        let value = Array(key.utf8)
        let written = try await answer(
            .PUT, place.valueInPath(key), body: value, else: .path, "A write with the key in its path")
        let name = (try? JSONNode(written.body))?["name"]?.text
        guard let name, name.utf8.elementsEqual(key.utf8) else {
            throw Unmet("the key \(Self.quoted(key)) was written as \(name.map(Self.quoted) ?? "another one")", .path)
        }
        for (path, part) in [(place.value(key), "query"), (place.valueInPath(key), "path")] {
            let read = try await answer(.GET, path, else: .path, "A read with the key in its \(part)")
            guard read.body == value else { throw Unmet("the key in a \(part) reads another value", .path) }
        }
        return "in the path and in the query"
    }

    private static func quoted(_ key: String) -> String {
        "\"\(key.count > 40 ? "\(key.prefix(40))…" : key)\""
    }

    // MARK: Messages

    /// In a request, and in an answer.
    private func headers(_ place: NamespaceAddress) async throws -> String {
        let path = place.value("headers")
        let annotation = String(decoding: try JSONEncoder().encode(["tags": Self.tags]), as: UTF8.self)
        let sent: HTTPHeaders = ["KV-Metadata": Self.plainMetadata, "KV-Annotation": annotation]
        _ = try await answer(.PUT, path, headers: sent, body: [1], else: .headers, "A request with 3 KB of headers")
        let read = try await answer(.GET, place.entry("headers"), else: .headers, "A read of the entry")
        let entry = try APIAnswer<API.Entry>(JSONNode(read.body))
        guard entry.node["metadata"]?.json == Self.plainMetadata, entry.tags?.count == Self.tags.count else {
            throw Unmet("metadata or tags of a request's headers are not stored as they were sent", .headers)
        }
        let body = Array(try JSONEncoder().encode(EntryBody(value: "1", metadata: ["m": Self.metadata])))
        _ = try await answer(
            .PUT, place.entry("headers"), headers: ["Content-Type": "application/json"], body: body, else: .body,
            "A write of an entry")
        let written = try await answer(.GET, path, else: .headers, "An answer with 3 KB of headers")
        let metadata = written.headers.first(name: "KV-Metadata").flatMap { try? JSONNode(Array($0.utf8)) }
        guard metadata?["m"]?.text == Self.metadata else {
            throw Unmet("the metadata in an answer's header is not as it is stored", .headers)
        }
        return "of a request and of an answer"
    }

    private struct EntryBody: Encodable {
        var value: String
        var metadata: [String: String]?
    }

    private func largeValue(of bytes: Int, _ place: NamespaceAddress) async throws -> String {
        let path = place.value("large")
        let end: [UInt8] = [1, 2, 3, 4]
        let value = [UInt8](repeating: 0, count: bytes - end.count) + end
        _ = try await answer(.PUT, path, body: value, else: .body, "A value of \(DisplayText.bytes(bytes))")
        let last = HTTPHeaders([("Range", "bytes=-\(end.count)")])
        let read = try await answer(.GET, path, headers: last, else: .body, "The last \(end.count) bytes of it")
        guard read.status == 206, read.body == end else {
            throw Unmet("a range of a value of \(DisplayText.bytes(bytes)) came back another", .body)
        }
        return DisplayText.bytes(bytes)
    }

    /// Proxies that compress give an answer another ETag, or a weak one, with which no write is conditional.
    private func etag(_ place: NamespaceAddress) async throws -> String {
        let body = Array(try JSONEncoder().encode(EntryBody(value: String(repeating: "text ", count: 1_000))))
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept-Encoding": "gzip"]
        let path = place.entry("etag")
        _ = try await answer(.PUT, path, headers: headers, body: body, else: .body, "A write of an entry")
        // Not every store gives one, and not to everything.
        guard let etag = try await self.etag(of: path) else { return "the store returns no ETag" }
        for address in [path, place.value("etag")] {
            let plain = try await self.etag(of: address)
            let arrived = try await self.etag(of: address, headers)
            guard arrived == plain, arrived?.hasPrefix("W/") != true else {
                throw Unmet("the ETag \(plain ?? etag) arrived as \(arrived ?? "nothing")", .etag)
            }
        }
        headers.replaceOrAdd(name: "If-None-Match", value: etag)
        let current = try await answer(.GET, path, headers: headers, else: .etag, "A read with If-None-Match")
        guard current.status == 304 else { throw Unmet("\(current.status) for If-None-Match, not 304", .etag) }
        headers.remove(name: "If-None-Match")
        headers.replaceOrAdd(name: "If-Match", value: etag)
        _ = try await answer(.PUT, path, headers: headers, body: body, else: .etag, "A write with If-Match")
        return "as it was sent, in answers and conditions"
    }

    private func etag(of path: String, _ headers: HTTPHeaders = [:]) async throws -> String? {
        try await answer(.GET, path, headers: headers, else: .etag, "A read").headers.first(name: "ETag")
    }

    /// A write of the interface, whose origin must be the host that the server sees.
    private func origin(_ place: NamespaceAddress) async throws -> String {
        guard let url = URL(string: client.address), let scheme = url.scheme, let host = url.host() else {
            throw Unmet("\(client.address) has no origin")
        }
        let origin = "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
        _ = try await answer(
            .PUT, place.value("origin"), headers: ["Origin": origin], body: [1], else: .host,
            "A write from a page at \(origin)")
        return "pages may write"
    }

    // MARK: Requests

    private struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// Throws `Unmet` with `fault` unless the answer is a success, or 304.
    private func answer(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, else fault: ProxyFault,
        _ what: String
    ) async throws -> Answer {
        do {
            let response = try await client.exchange(method, path, headers: headers, body: body.map { .bytes($0) })
            let status = Int(response.status.code)
            guard (200..<300).contains(status) || status == 304 else {
                let error = await ClientError(response, client.address)
                // Every error of KV Manager has a code.
                let reason =
                    error.code.isEmpty ? " \(response.status.reasonPhrase), not by KV Manager" : ": \(error.detail)"
                throw Unmet("\(what) is answered \(status)\(reason)", fault)
            }
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return Answer(status: status, headers: response.headers, body: Array(buffer: bytes))
        } catch let error as ClientError {
            throw Unmet("\(what) gets no answer: \(error.detail)", fault)
        }
    }
}
