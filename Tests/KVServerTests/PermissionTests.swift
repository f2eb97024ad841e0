import HTTPTypes
import Hummingbird
import KVAPI
import KVJobs
import KVLedger
import KVModel
import KVWorkspace
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import KVHTTP
@testable import KVServer

/// Every route with the permission that it needs, without the files of the interface. A route that is missing here fails.
private let expected: [String: Permission] = [
    "GET /api/stores": .read,
    "GET /api/stores/{store}/namespaces": .read,
    "POST /api/stores/{store}/namespaces": .manageNamespaces,
    "GET /api/stores/{store}/namespaces/{namespace}": .read,
    "PATCH /api/stores/{store}/namespaces/{namespace}": .manageNamespaces,
    "DELETE /api/stores/{store}/namespaces/{namespace}": .manageNamespaces,
    "GET /api/stores/{store}/namespaces/{namespace}/keys": .read,
    "GET /api/stores/{store}/namespaces/{namespace}/entries": .read,
    "PUT /api/stores/{store}/namespaces/{namespace}/entries": .write,
    "DELETE /api/stores/{store}/namespaces/{namespace}/entries": .delete,
    "GET /api/stores/{store}/namespaces/{namespace}/entries/{key}": .read,
    "PUT /api/stores/{store}/namespaces/{namespace}/entries/{key}": .write,
    "DELETE /api/stores/{store}/namespaces/{namespace}/entries/{key}": .delete,
    "GET /api/stores/{store}/namespaces/{namespace}/values": .read,
    "PUT /api/stores/{store}/namespaces/{namespace}/values": .write,
    "GET /api/stores/{store}/namespaces/{namespace}/values/{key}": .read,
    "PUT /api/stores/{store}/namespaces/{namespace}/values/{key}": .write,
    "POST /api/stores/{store}/namespaces/{namespace}/import": .write,
    "POST /api/jobs": .runJobs,
    "GET /api/jobs": .readJobs,
    "GET /api/jobs/{job}": .readJobs,
    "DELETE /api/jobs/{job}": .controlJobs,
    "GET /api/jobs/{job}/events": .readJobs,
    "GET /api/jobs/{job}/failures": .readJobs,
    "GET /api/jobs/{job}/progress": .readJobs,
    "GET /api/jobs/{job}/download": .export,
    "POST /api/jobs/{job}/pause": .controlJobs,
    "POST /api/jobs/{job}/resume": .controlJobs,
    "POST /api/jobs/{job}/cancel": .controlJobs,
    "POST /api/jobs/{job}/retry": .runJobs,
    "POST /api/jobs/{job}/undo": .runJobs,
    "POST /api/key-lists": .runJobs,
    "GET /api/audit": .readAudit,
    "GET /api/backups": .manageBackups,
    "POST /api/backups": .manageBackups,
    "GET /api/backups/{backup}": .manageBackups,
    "POST /api/backups/{backup}/verify": .manageBackups,
    "GET /api/gateway/usage": .readMonitor,
    "DELETE /api/gateway/usage": .manageSettings,
    "GET /api/monitor": .readMonitor,
    "GET /api/storage": .readMonitor,
    "GET /api/version": .public,
    "GET /metrics": .readMetrics,
    "GET /healthz": .public,
    "GET /readyz": .public,
    "GET /openapi.json": .public,
    "GET /": .public,
    "GET /s/**": .public,
    "GET /jobs": .public,
    "GET /jobs/**": .public,
    "GET /audit": .public,
    "GET /monitor": .public,
    "GET /client/v4/user": .signedIn,
    "GET /client/v4/user/tokens/verify": .signedIn,
    "GET /client/v4/memberships": .read,
    "GET /client/v4/accounts": .read,
    "GET /client/v4/accounts/{store}": .read,
    "GET /client/v4/accounts/{store}/tokens/verify": .signedIn,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces": .read,
    "POST /client/v4/accounts/{store}/storage/kv/namespaces": .manageNamespaces,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}": .read,
    "PUT /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}": .manageNamespaces,
    "DELETE /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}": .manageNamespaces,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/keys": .read,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/metadata/{key}": .read,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/metadata/{key}/**": .read,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}": .read,
    "GET /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}/**": .read,
    "PUT /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}": .write,
    "PUT /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}/**": .write,
    "DELETE /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}": .delete,
    "DELETE /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/values/{key}/**": .delete,
    "PUT /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/bulk": .write,
    "DELETE /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/bulk": .delete,
    "POST /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/bulk/delete": .delete,
    "POST /client/v4/accounts/{store}/storage/kv/namespaces/{namespace}/bulk/get": .read,
]

@Suite("Permissions")
struct PermissionTests {
    @Test("are needed on every route as expected")
    func routes() async throws {
        try await withServer { server in
            for route in server.routes(of: .local).all {
                let name = "\(route.method.rawValue) \(route.pattern)"
                let isFile = route.method == .get && route.pattern.contains(".") && expected[name] == nil
                #expect(route.permission == (isFile ? .public : expected[name]), "\(name)")
            }
        }
    }

    @Test("that are missing are answered with 403 and their name, on every route, before anything else")
    func missing() async throws {
        try await withServer { server in
            let stranger = Principal(name: "stranger", authentication: .none, permissions: [])
            let table = server.routes(of: stranger)
            let responder = table.buildResponder()
            for route in table.all {
                let (response, body) = try await answer(route.method, route.pattern, responder)
                let name = "\(route.method.rawValue) \(route.pattern)"
                if route.permission == .public {
                    #expect(response.status != .forbidden, "\(name)")
                } else {
                    #expect(response.status == .forbidden, "\(name)")
                    #expect(body.contains("permission \\\"\(route.permission.rawValue)\\\""), "\(name): \(body)")
                }
            }
        }
    }

    @Test("that a principal has let its requests pass")
    func present() async throws {
        try await withServer { server in
            let reader = Principal(name: "reader", authentication: .none, permissions: [.read])
            let responder = server.routes(of: reader).buildResponder()
            let cases: [(path: String, status: HTTPResponse.Status)] = [
                ("/api/stores", .ok), ("/client/v4/accounts", .ok), ("/api/jobs", .forbidden),
            ]
            for (path, status) in cases {
                let response = try await answer(.get, path, responder).response
                #expect(response.status == status, "\(path)")
            }
        }
    }

    @Test("of commands over a socket are those of the same commands over HTTP")
    func commands() async throws {
        try await withServer { server in
            var watcher = AppContext(source: source)
            watcher.principal = Principal(name: "watcher", authentication: .none, permissions: [.readJobs])
            for command in JobCommand.allCases {
                let read = try JobCommand(message: #"{"type": "\#(command.rawValue)"}"#)
                let error = await #expect(throws: KVError.self) {
                    _ = try await watcher.workspace(server.resources).perform(read, on: JobID("job"))
                }
                #expect(error?.code == .forbidden)
            }
            watcher.principal = .local
            let error = await #expect(throws: KVError.self) {
                _ = try await watcher.workspace(server.resources).perform(.pause, on: JobID("job"))
            }
            #expect(error?.code == .jobNotFound)
        }
    }

    private var source: ApplicationRequestContextSource {
        ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: .quiet)
    }

    private func answer(
        _ method: HTTPRequest.Method, _ pattern: String, _ responder: RouteResponder<AppContext>
    ) async throws -> (response: Response, body: String) {
        let path = pattern.replacing("**", with: "x").replacing("{", with: "").replacing("}", with: "")
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let response = try await responder.respond(to: request, context: AppContext(source: source))
        return (response, String(buffer: try await CollectedBody.bytes(of: response.body)))
    }
}
