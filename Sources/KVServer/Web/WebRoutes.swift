import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import WebFiles

/// The web interface, out of the program itself. Addresses of views answer with its one page.
struct WebRoutes {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ].joined(separator: "; ")

    private let files = WebFile.all
    private let page: WebFile?
    private let openAPI: WebFile

    init(below base: BasePath) {
        page = files["index.html"]?.below(base)
        openAPI = WebFile(openapi_document()).below(base)
    }

    func add(to router: RouteTable<AppContext>) {
        for (path, file) in files where !path.hasSuffix(".html") {
            router.get(RouterPath("/\(path)"), requires: .public) { request, _ in try answer(request, with: file) }
        }
        router.get("/openapi.json", requires: .public) { request, _ in try answer(request, with: openAPI) }
        guard let page else { return }
        for view in ["/", "/s/**", "/jobs", "/jobs/**", "/audit", "/monitor"] {
            router.get(RouterPath(view), requires: .public) { request, _ in try answer(request, with: page) }
        }
        router.fallback = { request, context in
            guard request.method == .get, request.isOfBrowser, !context.path.hasPrefix("/api/"),
                !GatewayRoute.contains(context.path)
            else {
                throw HTTPError(.notFound)
            }
            var nowhere = try answer(request, with: page)
            if nowhere.status == .ok { nowhere.status = .notFound }
            return nowhere
        }
    }

    /// The program's files change only with the program: browsers keep them and ask whether they are still the same.
    private func answer(_ request: Request, with file: WebFile) throws(KVError) -> Response {
        let gzipped = AcceptedCodings(request).contains("gzip") ? file.gzipped : nil
        var headers: HTTPFields = [
            .contentType: file.contentType, .eTag: gzipped == nil ? file.etag : file.gzippedETag,
            .cacheControl: "no-cache", .vary: "Accept-Encoding", .contentSecurityPolicy: Self.policy,
        ]
        if try request.clientHasCurrent(headers[.eTag]) { return .notModified(headers) }
        if gzipped != nil { headers[.contentEncoding] = "gzip" }
        let bytes = gzipped ?? file.bytes
        // The program's own bytes, of which no client holds a copy.
        return Response(
            status: .ok, headers: headers, length: bytes.readableBytes,
            pieces: ResponseBody { [bytes] writer in
                try await writer.write(inPieces: bytes)
                try await writer.finish(nil)
            })
    }
}

extension Request {
    /// Whether somebody has opened an address, rather than a program asked for it.
    fileprivate var isOfBrowser: Bool { headers[.accept]?.contains("text/html") ?? false }
}
