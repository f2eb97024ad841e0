import KVModel

/// What an answer other than success means here. Cloudflare's own words on what was sent go to the sender alone.
enum Refusal: Hashable {
    case unauthorized
    /// The token is good, and this namespace is not to be changed: so another KV Manager's gateway says it.
    case protected(String)
    case noRoute
    case noNamespace
    case noKey
    case titleTaken
    case badCursor
    /// Too many requests. Not of the quota if the answer says that some of it is left: then it was one key, written twice within
    /// a second.
    case tooMany(quotaIsLeft: Bool)
    case tooLarge
    /// The server's own trouble, which may be over soon.
    case trouble
    /// Something in the request.
    case invalid(String)
    /// Not an answer of the API: a proxy, say, has refused the request.
    case strange

    init(_ answer: Answer) {
        let (code, message) = answer.firstError ?? (0, "")
        switch (answer.status, code) {
        case (429, _): self = .tooMany(quotaIsLeft: answer.rateLimit.map { $0.remaining > 0 } ?? false)
        // Whatever code the trouble comes with.
        case (408, _), (500..., _): self = .trouble
        case (403, 10_037): self = .protected(message)
        case (_, 10_000), (_, 9_106), (_, 10_001), (_, 9_109), (400, 6_003): self = .unauthorized
        // Proxies and firewalls use these as well, and have not looked at the token.
        case (401, _), (403, _): self = answer.isEnvelope ? .unauthorized : .strange
        case (_, 10_013), (_, 10_011): self = .noNamespace
        case (_, 10_009): self = .noKey
        case (_, 10_014): self = .titleTaken
        case (404, _): self = .noRoute
        case (413, _): self = .tooLarge
        case (400, _) where message.lowercased().contains("cursor"): self = .badCursor
        case (400, _): self = .invalid(message.isEmpty ? "status \(answer.status)" : message)
        default: self = .strange
        }
    }

    /// Another content may be taken.
    var isAboutContent: Bool {
        switch self {
        case .invalid, .tooLarge: true
        default: false
        }
    }

    static func notOfAPI(_ answer: Answer) -> String {
        "Something other than Cloudflare's API answered (status \(answer.status), \(answer.form)), such as a proxy, a firewall or a "
            + "login page. Allow requests to the store's baseURL there, or correct the baseURL. The API token was not refused."
    }

    func error(_ call: Call, _ answer: Answer) -> KVError {
        let cause = RemoteText.cause(call, answer)
        switch self {
        case .unauthorized:
            return KVError(
                .storeUnauthorized,
                "Cloudflare refused the store's API token. Give the store a token that may edit Workers KV in its account, "
                    + "and restart KV Manager.", cause: cause)
        case .protected(let message):
            return KVError(.namespaceProtected, "The store refused this: \(message)", cause: cause)
        case .noRoute:
            return KVError(
                .storeUnavailable,
                "There is nothing at the store's address; check its accountID and its baseURL.", cause: cause)
        case .noNamespace:
            return KVError(.namespaceNotFound, "There is no such namespace in the store; it may have been deleted.")
        case .noKey: return KVError(.keyNotFound, "There is no such key; it may have been deleted, or have expired.")
        case .titleTaken:
            return KVError(.namespaceExists, "A namespace with this title already exists; choose another title.")
        case .badCursor:
            return KVError.badCursor
        case .strange:
            return KVError(.storeUnavailable, Self.notOfAPI(answer), cause: cause)
        case .tooMany:
            return KVError(.storeThrottled, "The store refused this time and again as too many requests.", cause: cause)
        case .tooLarge: return KVError.tooLarge()
        case .trouble:
            return KVError(
                .storeUnavailable, "The store could not answer (status \(answer.status)), time and again. Try later.",
                cause: cause)
        case .invalid(let message):
            return KVError(.invalidRequest, "Cloudflare refused this: \(message).", cause: cause)
        }
    }
}
