import Crypto
import HTTPTypes
import Hummingbird
import KVTransfer
import NIOCore
import WebFiles

/// The web interface, out of the program itself. Addresses of views answer with its one page.
struct WebRoutes {
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ].joined(separator: "; ")

    private let files = EmbeddedFile.all
    private let openAPI = EmbeddedFile(openapi_document())

    func add(to router: RouteTable) {
        for (path, file) in files where !path.hasSuffix(".html") {
            router.get(RouterPath("/\(path)")) { request, _ in answer(request, with: file) }
        }
        router.get("/openapi.json") { request, _ in answer(request, with: openAPI) }
        guard let page = files["index.html"] else { return }
        for view in ["/", "/s/**", "/jobs", "/jobs/**", "/audit"] {
            router.get(RouterPath(view)) { request, _ in answer(request, with: page) }
        }
    }

    /// The program's files change only with the program: browsers keep them and ask whether they are still the same.
    private func answer(_ request: Request, with file: EmbeddedFile) -> Response {
        var headers: HTTPFields = [
            .contentType: file.contentType, .eTag: file.etag, .cacheControl: "no-cache", .vary: "Accept-Encoding",
            .contentSecurityPolicy: Self.policy,
        ]
        if request.headers[.ifNoneMatch] == file.etag { return Response(status: .notModified, headers: headers) }
        var bytes = file.bytes
        if let gzipped = file.gzipped, request.takesGzip {
            headers[.contentEncoding] = "gzip"
            bytes = gzipped
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension Request {
    fileprivate var takesGzip: Bool {
        headers[.acceptEncoding]?.split(separator: ",").contains {
            $0.split(separator: ";").first?.trimmingPrefix(while: \.isWhitespace) == "gzip" && !$0.hasSuffix("q=0")
        } ?? false
    }
}

private struct EmbeddedFile {
    let bytes: ByteBuffer
    /// Nil where it would not be smaller.
    let gzipped: ByteBuffer?
    let contentType: String
    let etag: String

    /// By their paths within the folder of the interface.
    static let all: [String: EmbeddedFile] = Dictionary(
        uniqueKeysWithValues: (0..<web_file_count()).map { index in
            let file = web_file_at(index)
            return (String(cString: file.path), EmbeddedFile(file))
        })

    init(_ file: web_file) {
        bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: file.bytes, count: file.size))
        gzipped = (try? Gzip.member(of: Array(bytes.readableBytesView)))
            .flatMap { $0.count < file.size ? ByteBuffer(bytes: $0) : nil }
        contentType = Self.contentType(of: String(cString: file.path))
        let digest = SHA256.hash(data: Array(bytes.readableBytesView)).prefix(12)
        etag = "\"" + digest.map { String($0, radix: 16) }.joined() + "\""
    }

    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json"
        default: "application/octet-stream"
        }
    }
}
