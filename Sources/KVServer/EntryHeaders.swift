import HTTPTypes
import Hummingbird
import KVModel

extension HTTPField.Name {
    static let metadata = Self("KV-Metadata")
    static let annotation = Self("KV-Annotation")
    static let expiration = Self("Expiration")
}

extension HTTPFields {
    /// What is known of an entry. Metadata is escaped to ASCII, which is all that a header can be trusted with.
    init(_ info: KeyInfo) {
        self.init(etag: info.etag)
        if let metadata = info.metadata, let name = HTTPField.Name.metadata { self[name] = metadata.ascii }
        if let expiration = info.expiration, let name = HTTPField.Name.expiration {
            self[name] = "\(expiration.seconds)"
        }
    }
}

extension Metadata {
    /// The same JSON with everything beyond ASCII as `\u` escapes. Such characters occur within strings only.
    fileprivate var ascii: String {
        var text = ""
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            if scalar.value < 0x7F {
                text.unicodeScalars.append(scalar)
            } else {
                for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                    let hex = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            }
        }
        return text
    }
}

extension HTTPFields {
    /// The JSON in a header. Throws `code` where it is not UTF-8.
    func json(_ name: HTTPField.Name?, else code: KVError.Code) throws(KVError) -> [UInt8]? {
        guard let name, let text = self[name] else { return nil }
        guard !text.unicodeScalars.contains("\u{FFFD}") else {
            throw KVError(code, "\(name) is not UTF-8; write what is beyond ASCII as \\u escapes.")
        }
        return Array(text.utf8)
    }
}

extension WriteCondition {
    /// `If-None-Match: *` and `If-Match`. Throws `invalid_request` for forms that no engine could honour.
    init(_ request: Request) throws(KVError) {
        let match = request.headers[.ifMatch]
        let noneMatch = request.headers[.ifNoneMatch]
        switch (match, noneMatch) {
        case (nil, nil): self = .always
        case (nil, "*"): self = .absent
        case ("*", nil): self = .matches(nil)
        case (let match?, nil):
            guard !match.hasPrefix("W/") else {
                throw KVError(
                    .invalidRequest,
                    "If-Match names a weak ETag, and only a strong one names a state. A proxy that compresses answers makes their "
                        + "ETags weak: turn its compression off for this server.")
            }
            guard match.count > 2, match.first == "\"", match.last == "\"", !match.contains(",") else {
                throw KVError(.invalidRequest, "If-Match takes one strong ETag, in its quotes, or *.")
            }
            self = .matches(ETag(ofEntry: match.dropFirst().dropLast()))
        default: throw KVError(.invalidRequest, "Of conditions, If-Match or \"If-None-Match: *\" can be honoured here.")
        }
    }
}

extension WriteOutcome {
    var etag: ETag? {
        switch self {
        case .created(let etag), .replaced(let etag), .written(let etag): etag
        case .unmet, .failed: nil
        }
    }
}

extension Response {
    /// 201 for a new entry, 200 for one that was replaced. Throws `precondition_failed`, or the entry's own error.
    static func written(_ outcome: WriteOutcome, _ key: Key, _ body: [UInt8]) throws(KVError) -> Response {
        switch outcome {
        case .created(let etag): return .json(.created, body, headers: HTTPFields(etag: etag))
        case .replaced(let etag), .written(let etag): return .json(.ok, body, headers: HTTPFields(etag: etag))
        case .unmet:
            throw KVError(
                .preconditionFailed,
                "The key \(quoting: key) is not in the state that the request expects; read it again first.")
        case .failed(let error): throw error
        }
    }
}
