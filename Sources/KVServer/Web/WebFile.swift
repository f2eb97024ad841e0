import Crypto
import KVHTTP
import KVTransfer
import NIOCore
import WebFiles

/// A file of the web interface as it is served.
struct WebFile {
    /// All style sheets, one after the other.
    private static let styles = "styles.css"

    let bytes: ByteBuffer
    /// Nil where it would not be smaller.
    let gzipped: ByteBuffer?
    let contentType: String
    /// Of the bytes as they are; what is gzipped has one of its own.
    let etag: String
    let gzippedETag: String

    /// By their paths. Components bring styles of their own, and a view would wait for each: so they are one file, the
    /// general ones first.
    static let all: [String: WebFile] = {
        let embedded = (0..<web_file_count()).map { web_file_at($0) }
        var files: [String: WebFile] = [:]
        for file in embedded where !file.isStyle { files[file.name] = WebFile(file) }
        let sheets = embedded.filter(\.isStyle).sorted {
            ($0.isGeneral ? 0 : 1, $0.name) < ($1.isGeneral ? 0 : 1, $1.name)
        }
        files[styles] = WebFile(sheets.flatMap { Array($0.content) }, contentType: contentType(of: styles))
        return files
    }()

    init(_ file: web_file) {
        self.init(Array(file.content), contentType: Self.contentType(of: file.name))
    }

    private init(_ content: [UInt8], contentType: String) {
        self.contentType = contentType
        bytes = ByteBuffer(bytes: content)
        gzipped = (try? Gzip.member(of: content)).flatMap { $0.count < content.count ? ByteBuffer(bytes: $0) : nil }
        let digest = SHA256.hash(data: content).prefix(12).map { String($0, radix: 16) }.joined()
        etag = "\"\(digest)\""
        gzippedETag = "\"\(digest)-gzip\""
    }

    /// The same for a server whose base path it is: what the page loads, and what the API's description names, lies there.
    /// Modules name each other by relative addresses, and find the base path by their own.
    func below(_ base: BasePath) -> WebFile {
        guard !base.isRoot else { return self }
        let text = String(buffer: bytes)
            .replacing("=\"/", with: "=\"\(base.text)/")
            .replacing("\"url\": \"/\"", with: "\"url\": \"\(base.text)\"")
        return WebFile(Array(text.utf8), contentType: contentType)
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

extension web_file {
    fileprivate var name: String { String(cString: path) }
    fileprivate var content: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: size) }
    fileprivate var isStyle: Bool { name.hasSuffix(".css") }
    fileprivate var isGeneral: Bool { name.hasPrefix("styles/") }
}
