import HTTPTypes
import Hummingbird
import KVAPI
import KVHTTP
import KVModel
import NIOCore

extension KVError.Code {
    /// The status of an answer with this code: the one place where errors become HTTP.
    var status: HTTPResponse.Status {
        switch self {
        case .storeNotFound, .namespaceNotFound, .keyNotFound, .jobNotFound, .backupNotFound, .routeNotFound,
            .noDownload:
            .notFound
        case .invalidRequest, .invalidKey, .invalidValue, .invalidMetadata, .metadataTooLarge, .invalidExpiration,
            .invalidTitle, .invalidTags, .invalidColor, .invalidCursor, .invalidRecord, .unknownFormat, .noValues,
            .truncatedFile,
            .expandsTooFar:
            .badRequest
        case .unsupportedEncoding: .unsupportedMediaType
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .valueTooLarge, .bodyTooLarge: .contentTooLarge
        case .namespaceExists, .keyExists, .invalidTransition, .backupAtWork, .tooManyBackups, .valueChanged,
            .changedSince,
            .notUndoable, .nothingToRetry, .interrupted:
            .conflict
        case .idempotencyKeyReused: .unprocessableContent
        case .preconditionFailed: .preconditionFailed
        case .namespaceProtected, .storeProtected, .forbiddenOrigin, .forbidden: .forbidden
        case .hostNotAllowed: .misdirectedRequest
        case .upgradeRequired: .upgradeRequired
        case .diskFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .notSupported: .notImplemented
        case .storeUnauthorized: .badGateway
        case .tooManySockets, .tooManyKeyLists, .serverBusy, .storeUnavailable, .storeThrottled, .shuttingDown:
            .serviceUnavailable
        case .methodNotAllowed: .methodNotAllowed
        case .bodyTooSlow: .requestTimeout
        case .internalError, .downloadDamaged: .internalServerError
        }
    }
}

extension KVError {
    private func problemDetails(requestID: String) -> [UInt8] {
        let problem = API.Problem(
            title: code.status.reasonPhrase, status: code.status.code, detail: detail, code: code.rawValue,
            requestID: requestID)
        // Encoding a problem throws nothing: it consists of texts and a number.
        return (try? JSONWriter.body(problem)) ?? []
    }

    /// The answer to a request that reached no route, without its framing.
    func refusal(requestID: String) -> (head: HTTPResponse, body: ByteBuffer) {
        var response = response(requestID: requestID)
        SecurityHeaders.add(to: &response)
        if let name = HTTPField.Name.requestID { response.headers[name] = requestID }
        return (response.head, ByteBuffer(bytes: problemDetails(requestID: requestID)))
    }

    /// The error as RFC 9457 problem details.
    func response(requestID: String) -> Response {
        let status = code.status
        let body = problemDetails(requestID: requestID)
        var response = Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        if status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
        if code == .bodyTooSlow { response.headers[.connection] = "close" }
        if status == .upgradeRequired { response.headers.append(contentsOf: HTTPFields.webSocketUpgrade) }
        return response
    }
}

extension Response {
    /// - Parameter subject: What has `size` bytes, such as "value".
    static func unsatisfiable(_ size: Int, _ subject: String, requestID: String) -> Response {
        let error = KVError(.rangeNotSatisfiable, "The \(subject) has \(size) bytes; the range starts after its end.")
        var refusal = error.response(requestID: requestID)
        refusal.headers[.contentRange] = "bytes */\(size)"
        return refusal
    }

    static func json(_ status: HTTPResponse.Status = .ok, _ bytes: [UInt8], headers: HTTPFields = [:]) -> Response {
        var response = Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        response.headers[.contentType] = "application/json"
        return response
    }

    static func json(
        _ status: HTTPResponse.Status = .ok, _ body: some Encodable, headers: HTTPFields = [:]
    ) throws -> Response {
        json(status, try JSONWriter.body(body), headers: headers)
    }
}

extension HTTPField.Name {
    static let requestID = Self("X-Request-Id")
}
