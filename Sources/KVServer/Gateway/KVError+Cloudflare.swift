import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import NIOCore

/// An error as the hosted service tells it: a status, a number, a sentence. The one place that knows its numbers.
///
/// Those of keys, namespaces, routes, credentials and quotas are as seen there. Its reference no longer lists the rest
/// (10001, 10024, 10030, 10033, 10037, 10038); they are as it once did.
struct CloudflareError: Error {
    var status: HTTPResponse.Status
    var code: Int
    var message: String
    var headers: HTTPFields = [:]
    /// What it came from, for the log.
    var problem: KVError?

    init(_ status: HTTPResponse.Status, _ code: Int, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    static let missingCredentials = CloudflareError(
        .badRequest, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
    static let unauthorized = CloudflareError(.unauthorized, 10000, "Authentication error")
    static let invalidToken = CloudflareError(.unauthorized, 1000, "Invalid API Token")
    static let noRoute = CloudflareError(
        .notFound, 7003, "Could not route to this address, perhaps your object identifier is invalid?")
    static let methodNotAllowed = CloudflareError(.methodNotAllowed, 10405, "Method not allowed")
    static let serviceFailure = CloudflareError(.internalServerError, 10001, "service failure")
    static let malformedNamespace = CloudflareError(
        .badRequest, 10011, "could not parse UUID from request's namespace_id: 'it is not 32 hexadecimal digits'")
    static let smallLimit = CloudflareError(.badRequest, 10028, "limit argument must be at least 10")
    static let largeLimit = CloudflareError(.badRequest, 10028, "limit argument must be at most 1000")

    static func keyTooLong(_ bytes: Int) -> CloudflareError {
        CloudflareError(
            HTTPResponse.Status(code: 414, reasonPhrase: "URI Too Long"), 10030,
            "UTF-8 encoded length of \(bytes) exceeds key length limit of \(Key.maximumBytes)")
    }

    static func badBody(_ reason: String) -> CloudflareError {
        CloudflareError(.badRequest, 10012, "could not parse the request's body: \(reason)")
    }

    /// Too few keys, or too many.
    static func wrongCount(_ message: String) -> CloudflareError { CloudflareError(.badRequest, 10029, message) }

    static func earlyExpiration(_ time: Int64) -> CloudflareError {
        CloudflareError(
            .badRequest, 10033,
            "Invalid expiration of \(time). It is in Unix seconds, and at least \(Expiration.minimumTTL) of them ahead."
        )
    }

    static func shortTTL(_ ttl: Int64) -> CloudflareError {
        CloudflareError(
            .badRequest, 10034,
            "Invalid expiration_ttl of \(ttl). Expiration TTL must be at least \(Expiration.minimumTTL).")
    }

    static func throttled(seconds: Int) -> CloudflareError {
        var error = CloudflareError(
            .tooManyRequests, 971, "Please wait and consider throttling your request speed")
        error.headers[.retryAfter] = "\(seconds)"
        return error
    }
}

extension CloudflareError {
    /// Whatever was thrown under the gateway's addresses.
    init(answering error: any Error, during operation: String? = nil) {
        self = error as? CloudflareError ?? CloudflareError(KVError(answering: error), during: operation)
        if let error = error as? MethodNotAllowed { headers[.allow] = error.allowed }
    }

    /// - Parameter operation: what was tried, in the words that the hosted service begins its sentence with.
    init(_ error: KVError, during operation: String? = nil) {
        let prefix = operation.map { "\($0): " } ?? ""
        switch error.code {
        case .keyNotFound: self.init(.notFound, 10009, "\(prefix)'key not found'")
        case .namespaceNotFound: self.init(.notFound, 10013, "\(prefix)'namespace not found'")
        case .namespaceExists:
            self.init(.badRequest, 10014, "\(prefix)'a namespace with this account ID and title already exists'")
        case .storeNotFound, .routeNotFound, .hostNotAllowed:
            self = .noRoute
            message += " \(error.detail)"
            if error.code == .hostNotAllowed { (status, message) = (error.code.status, error.detail) }
        case .methodNotAllowed: self = .methodNotAllowed
        case .forbiddenOrigin, .forbidden: self.init(.forbidden, 10000, error.detail)
        case .namespaceProtected, .storeProtected: self.init(.forbidden, 10037, prefix + error.detail)
        case .storeThrottled: self = .throttled(seconds: 5)
        case .invalidTitle: self.init(.badRequest, 10019, prefix + error.detail)
        case .invalidCursor: self.init(.badRequest, 10038, prefix + error.detail)
        case .invalidExpiration: self.init(.badRequest, 10033, prefix + error.detail)
        case .valueTooLarge, .metadataTooLarge, .bodyTooLarge:
            self.init(.contentTooLarge, 10024, prefix + error.detail)
        case .invalidKey, .invalidRequest: self.init(.badRequest, 10029, prefix + error.detail)
        case .invalidValue, .invalidMetadata, .invalidRecord, .unsupportedEncoding:
            self.init(error.code.status, 10012, prefix + error.detail)
        default: self.init(error.code.status, Self.serviceFailure.code, prefix + error.detail)
        }
        problem = error
        if status == .serviceUnavailable { headers[.retryAfter] = "5" }
    }

    func adding(_ more: HTTPFields) -> CloudflareError {
        var error = self
        error.headers.append(contentsOf: more)
        return error
    }

    var response: Response {
        let body = JSONWriter.object { json in
            json.name("result")
            json.null()
            json.member("success", false)
            json.name("errors")
            json.array([self]) { json, error in
                json.object { json in
                    json.member("code", error.code)
                    json.member("message", error.message)
                }
            }
            json.name("messages")
            json.array([Never]()) { _, _ in }
        }
        var response = Response.json(status, body)
        response.headers.append(contentsOf: headers)
        return response
    }
}
