import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import NIOCore

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
        case let error as SystemFailure: self.init(systemError: error.number, "keep a body in a temporary file")
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
                .internalError, "Internal error. See the server log for this request ID.",
                cause: "\(error)")
        }
    }
}
