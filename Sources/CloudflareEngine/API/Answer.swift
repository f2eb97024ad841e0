import KVModel
import NIOCore
import NIOHTTP1

/// An answer of the API, whole.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// The token that the answer may echo.
    var token: CloudflareToken?

    var isSuccess: Bool { (200..<300).contains(status) }

    /// What `Expiration` of a value's answer says.
    var expiration: Expiration? {
        headers.first(name: "expiration").flatMap { Int64($0) }.map { Expiration(stored: $0) }
    }

    var rateLimit: RateLimit? { RateLimit(headers) }

    /// A day: no server closes for longer.
    private static let longestPause = 86_400.0

    /// Seconds after which the request may be sent again; nil when the answer has neither a number of them nor a date, which
    /// counts from the date of the answer.
    var retryAfter: Double? {
        guard let text = headers.first(name: "retry-after") else { return nil }
        var seconds = Double(text)
        if let time = HTTPDate(text), let now = headers.first(name: "date").flatMap({ HTTPDate($0) }) {
            seconds = Double(time.seconds - now.seconds)
        }
        return seconds.flatMap { $0.isFinite ? min(max(0, $0), Self.longestPause) : nil }
    }

    /// Whether it has the form in which the API answers, success or not.
    var isEnvelope: Bool {
        var isEnvelope = false
        try? body.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            try scanner.object { name, scanner in
                if name == "success" || name == "errors" { isEnvelope = true }
                try scanner.skipValue()
            }
        }
        return isEnvelope
    }

    /// What an answer is that does not come from the API, in words.
    var form: String {
        let start = body.first { !$0.isJSONWhitespace }
        if start == nil { return "without a body" }
        let type = headers.first(name: "content-type")?.lowercased() ?? ""
        return type.contains("html") || start == UInt8(ascii: "<") ? "with an HTML page" : "with another body"
    }

    /// Reads the member `result` of the envelope; `info` what stands beside it as `result_info`. Members come in any
    /// order. Throws `store_unavailable` for what is not such an envelope, or tells of no success.
    func read(
        result: (inout JSONScanner) throws -> Void,
        info: (inout JSONScanner) throws -> Void = { _ = try $0.skipValue() }
    ) throws {
        var isEnvelope = false
        do {
            try body.withUnsafeBufferPointer { buffer in
                var scanner = JSONScanner(buffer)
                try scanner.object { name, scanner in
                    switch name {
                    case "success":
                        guard try scanner.boolean() else { throw scanner.failure("success is false") }
                        isEnvelope = true
                    case "result":
                        try result(&scanner)
                        isEnvelope = true
                    case "result_info" where scanner.peek() == UInt8(ascii: "{"): try info(&scanner)
                    default: try scanner.skipValue()
                    }
                }
                try scanner.end()
                guard isEnvelope else { throw scanner.failure("neither a result nor success") }
            }
        } catch let failure as JSONScanner.Failure {
            let detail =
                isEnvelope
                ? "The store's answer is invalid. See the server log for the reason." : Refusal.notOfAPI(self)
            throw KVError(
                .storeUnavailable, detail, cause: "status \(status), \(body.count) bytes: \(failure)")
        }
    }

    /// The first error of the envelope, or nil if it has no readable error. Its message is truncated and has no token.
    var firstError: (code: Int64, message: String)? {
        var found: (Int64, String)?
        try? body.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            try scanner.object { name, scanner in
                guard name == "errors", scanner.peek() == UInt8(ascii: "["), found == nil else {
                    try scanner.skipValue()
                    return
                }
                try scanner.array { scanner in
                    let error = try Self.error(&scanner)
                    if found == nil { found = (error.0, RemoteText.message(error.1, without: token)) }
                }
            }
        }
        return found
    }

    private static func error(_ scanner: inout JSONScanner) throws -> (Int64, String) {
        var code: Int64 = 0
        var message = ""
        try scanner.object { name, scanner in
            switch name {
            case "code": code = try scanner.integer()
            case "message": message = try scanner.text()
            default: try scanner.skipValue()
            }
        }
        return (code, message)
    }
}

extension RateLimit {
    init?(_ headers: HTTPHeaders) {
        self.init(field: headers.first(name: "ratelimit"), policy: headers.first(name: "ratelimit-policy"))
    }
}
