import Hummingbird
import KVJobs
import KVModel
import NIOCore
import NIOHTTP1

extension KVError {
    init(answering error: any Error) {
        switch error {
        case let error as KVError: self = error
        case let error as CloudflareError: self = error.problem ?? KVError(.invalidRequest, error.message)
        case is CancellationError:
            self.init(.shuttingDown, "KV Manager is ending; ask again when it is back.")
        case let error as MethodNotAllowed:
            self.init(.methodNotAllowed, "This address accepts only \(error.allowed).")
        case is MemoryBudget.Exhausted:
            self.init(
                .serverBusy,
                "Requests with large bodies or answers use all the memory that they share; try again later.")
        case let error as BodyStorage.TooLarge: self = .bodyTooLarge(error.limit)
        case let error as SpoolFile.Failure: self.init(fileError: error.number, "keep a body in a temporary file")
        case let fault as ConnectionFault: self.init(fault)
        case is NIOTooManyBytesError:
            self.init(.bodyTooLarge, "The body is larger than this request takes.")
        case let error as HTTPError where error.status == .notFound:
            self.init(
                .routeNotFound,
                "There is nothing at this address for this method; GET /openapi.json lists what there is.")
        case let error as HTTPError where error.status == .contentTooLarge:
            self.init(.bodyTooLarge, "The body is larger than this request takes.")
        case let error as HTTPError:
            self.init(.invalidRequest, error.body ?? "The request could not be understood.")
        default:
            self.init(
                .internalError, "Something unforeseen went wrong; the log says what, under this request's id.",
                cause: "\(error)")
        }
    }
}

extension KVError {
    fileprivate init(_ fault: ConnectionFault) {
        switch fault {
        case .bodyTooSlow:
            self.init(
                .bodyTooSlow,
                "The body comes too slowly: send at least \(ConnectionTiming.leastBodyRate) bytes a second.")
        case .tooManyBodies:
            self.init(.serverBusy, "Your address sends too many bodies at the same time; let some of them end first.")
        case .malformedBody:
            self.init(.invalidRequest, "The body is not framed as HTTP/1.1 demands; check its chunks.")
        }
    }
}

extension KVError {
    /// Says why a request whose head could not be understood is refused.
    init(refusing error: any Error) {
        switch error {
        case MessageRules.Refusal.unknownTransferCoding:
            self.init(.notSupported, "The only Transfer-Encoding that is understood here is \"chunked\".")
        case MessageRules.Refusal.malformedTransferCoding:
            self.init(
                .invalidRequest, "The Transfer-Encoding is invalid: use \"chunked\", once and last, with HTTP/1.1.")
        case MessageRules.Refusal.targetWithoutHost:
            self.init(
                .invalidRequest, "The address in the request has no host: write it as http://HOST/path, or as /path.")
        case let error as HTTPParserError:
            self.init(.invalidRequest, "The request is not valid HTTP/1.1 (\(error)).")
        default:
            self.init(.invalidRequest, "The request is not valid HTTP/1.1.")
        }
    }
}
