import Hummingbird
import KVModel
import NIOCore
import NIOHTTP1
import NIOSSL

/// How errors are told: as the API that was spoken to tells them.
enum ErrorForm {
    case problemDetails, cloudflare

    init(of context: AppContext) {
        self = GatewayRoute.contains(context.path) ? .cloudflare : .problemDetails
    }

    func response(to error: any Error, requestID: String) -> Response {
        switch self {
        case .problemDetails:
            var response = KVError(answering: error).response(requestID: requestID)
            if let error = error as? MethodNotAllowed { response.headers[.allow] = error.allowed }
            return response
        case .cloudflare: return CloudflareError(answering: error).response
        }
    }
}

extension Error {
    /// The client broke off within its request: the server answers that, if anybody still listens.
    var isBrokenConnection: Bool {
        self is HTTPParserError || self is IOError || self is ChannelError || self is NIOSSLError
            || self is BoringSSLError
    }
}
