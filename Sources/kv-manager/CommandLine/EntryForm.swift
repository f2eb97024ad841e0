import Foundation

/// The body of a request that writes a value: the bytes alone, or a form with metadata and an annotation. As headers, these could
/// be longer than proxies accept.
struct EntryForm {
    private let boundary = "kv-manager-\(UUID().uuidString)"
    private var parts = ""

    mutating func add(_ name: String, json: String) {
        parts += head(name) + json + "\r\n"
    }

    var contentType: String {
        parts.isEmpty ? "application/octet-stream" : "multipart/form-data; boundary=\(boundary)"
    }

    /// What surrounds the bytes of the value.
    var frame: FilePieces.Frame {
        guard !parts.isEmpty else { return FilePieces.Frame() }
        return FilePieces.Frame(
            before: Array((parts + head("value")).utf8), after: Array("\r\n--\(boundary)--\r\n".utf8))
    }

    private func head(_ name: String) -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
    }
}
