import Hummingbird
import KVHTTP
import KVModel

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
