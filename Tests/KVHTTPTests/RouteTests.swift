import HTTPTypes
import Hummingbird
import KVModel
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import KVHTTP

@Suite("A path")
struct PathTests {
    private static let patterns: [RouterPath] = [
        "/", "/jobs", "/jobs/**", "/api/jobs/:job", "/api/jobs/new", "/api/jobs/:job/events",
        "/api/stores/:store/values/:key",
    ]

    private let tree = {
        var tree = PathTree<String>()
        for pattern in Self.patterns.map(RoutePattern.init) { tree.set(pattern.text, at: pattern) }
        return tree
    }()

    @Test(
        "finds its pattern: literal parts count first, then named ones, then **",
        arguments: [
            ("/", "/"), ("/jobs", "/jobs"), ("/jobs/7", "/jobs/**"), ("/jobs/7/x/y", "/jobs/**"),
            ("/api/jobs/7", "/api/jobs/{job}"), ("/api/jobs/new", "/api/jobs/new"),
            ("/api/jobs/new/events", "/api/jobs/{job}/events"),
            ("/api/stores/local/values/a%2Fb", "/api/stores/{store}/values/{key}"),
        ])
    func found(path: Substring, pattern: String) {
        #expect(tree.value(at: path) == pattern)
    }

    @Test("with empty parts is what it is without them", arguments: ["//api/jobs/7", "/api//jobs/7", "/api/jobs/7/"])
    func emptyParts(path: Substring) {
        #expect(tree.value(at: path) == "/api/jobs/{job}")
    }

    @Test(
        "that fits no pattern finds none",
        arguments: ["/x", "/job", "/jobsx", "/JOBS", "/api", "/api/jobs", "/api/jobs/7/x", "/api/stores/local/values"])
    func unknown(path: Substring) {
        #expect(tree.value(at: path) == nil)
    }

    @Test("is compared by bytes: what only looks the same is not")
    func bytes() {
        var tree = PathTree<Bool>()
        tree.set(true, at: RoutePattern("/caf\u{E9}"))
        #expect(tree.value(at: "/caf\u{E9}") == true)
        #expect(tree.value(at: "/cafe\u{301}") == nil)
    }

    @Test("gives the parts that its pattern names, as they came")
    func names() {
        let pattern = RoutePattern("/api/stores/:store/values/:key")
        let path: Substring = "/api//stores/lo%20cal/values/é%2F"
        #expect(pattern.part("store", of: path) == "lo%20cal")
        #expect(pattern.part("key", of: path) == "é%2F")
        #expect(pattern.part("other", of: path) == nil)
    }
}

@Suite("A route")
struct RouteTests {
    private func answer(_ method: HTTPRequest.Method, _ path: String, of table: RouteTable<TestContext>) async throws
        -> Response
    {
        let source = ApplicationRequestContextSource(
            channel: EmbeddedChannel(), logger: Logger(label: "test"))
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        return try await table.buildResponder().respond(to: request, context: TestContext(source: source))
    }

    private func table(below base: BasePath = .root) -> RouteTable<TestContext> {
        let table = RouteTable<TestContext>(below: base)
        table.get("/things/:thing", requires: .permitted) { _, context in
            Response(
                status: .ok, headers: [.contentType: context.pattern?.text ?? ""],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try context.part("thing"))))
        }
        table.delete("/things/:thing", requires: .permitted) { _, _ in Response(status: .noContent) }
        return table
    }

    @Test("answers its own methods, whatever the query")
    func methods() async throws {
        let response = try await answer(.get, "/things/a%2Fb?c=/d", of: table())
        #expect(response.headers[.contentType] == "/things/{thing}")
        #expect(response.body.contentLength == 3)
        #expect(try await answer(.delete, "/things/1", of: table()).status == .noContent)
    }

    @Test("of GET answers HEAD with the same fields and no body")
    func head() async throws {
        let response = try await answer(.head, "/things/abc", of: table())
        #expect(response.headers[.contentLength] == "3")
        #expect(response.body.contentLength == 0)
    }

    @Test("is not found at another path")
    func notFound() async throws {
        await #expect(throws: HTTPError.self) { _ = try await answer(.get, "/thing", of: table()) }
    }

    @Test("names its methods when it is asked for another one, and to OPTIONS")
    func otherMethods() async throws {
        let table = table()
        let error = await #expect(throws: MethodNotAllowed.self) { _ = try await answer(.post, "/things/1", of: table) }
        #expect(error?.allowed == "DELETE, GET, HEAD, OPTIONS")
        let options = try await answer(.options, "/things/1", of: table)
        #expect(options.status == .noContent && options.headers[.allow] == "DELETE, GET, HEAD, OPTIONS")
    }

    @Test("is behind the middleware that was added before it; what no route knows is behind all")
    func middleware() async throws {
        let table = RouteTable<TestContext>()
        table.add(middleware: Mark("outer"))
        table.get("/first", requires: .permitted) { _, _ in Response(status: .ok) }
        table.add(middleware: Mark("inner"))
        table.get("/second", requires: .permitted) { _, _ in Response(status: .ok) }
        #expect(try await answer(.get, "/first", of: table).headers[values: .via] == ["outer"])
        #expect(try await answer(.get, "/second", of: table).headers[values: .via] == ["inner", "outer"])
        #expect(try await answer(.get, "/third", of: table).headers[values: .via] == ["inner", "outer"])
    }

    @Test("is found behind the base path alone; the base path itself leads there with a slash")
    func basePath() async throws {
        let table = table(below: try BasePath("/kv/"))
        #expect(try await answer(.get, "/kv/things/a", of: table).body.contentLength == 1)
        let entrance = try await answer(.get, "/kv?b=/c", of: table)
        #expect((entrance.status, entrance.headers[.location]) == (.permanentRedirect, "/?b=/c"))
        for path in ["/things/a", "/kvx/things/a", "/kv%2Fthings/a", "/KV/things/a", "/"] {
            await #expect(throws: KVError.self) { _ = try await answer(.get, path, of: table) }
        }
    }
}

@Suite("A base path")
struct BasePathTests {
    @Test(
        "has parts of letters, digits and a few signs, and no slash at its end",
        arguments: [
            ("", ""), ("/", ""), ("/kv", "/kv"), ("/kv/", "/kv"), ("/a/B-9/~c.d_e", "/a/B-9/~c.d_e"), ("/...", "/..."),
        ])
    func normal(given: String, text: String) throws {
        #expect(try BasePath(given).text == text)
    }

    @Test(
        "is nothing else",
        arguments: ["kv", "//", "/a//b", "/.", "/../a", "/a b", "/é", "/a%20b", "/a?b", "/a\"b", "/\u{0}"])
    func wrong(given: String) {
        #expect(throws: KVError.self) { _ = try BasePath(given) }
    }
}

/// Leaves its name on every answer, and an empty one where there is none.
private struct Mark: Middleware {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    func handle(_ request: Request, _ context: TestContext, next: RouteTable<TestContext>.Handler) async throws
        -> Response
    {
        var response = (try? await next(request, context)) ?? Response(status: .notFound)
        response.headers.append(HTTPField(name: .via, value: name))
        return response
    }
}
