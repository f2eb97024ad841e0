import HTTPTypes
import Hummingbird
import KVModel
import Logging
import NIOCore
import NIOHTTP1

/// Answers every error as problem details, names every answer, and logs what went wrong on our side.
struct Problems: RouterMiddleware {
    typealias Context = AppContext

    static let requestID = HTTPField.Name("X-Request-Id")

    @concurrent func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error where error is HTTPParserError || error is IOError || error is ChannelError {
            // The client broke off within its request: the server answers that, if anybody still listens.
            throw error
        } catch {
            let problem = KVError(answering: error)
            if problem.code.status.kind == .serverError || problem.cause != nil {
                // Paths hold key names, so the log has the route's pattern only.
                context.logger.error(
                    "A request failed",
                    metadata: [
                        "route": "\(context.endpointPath ?? "-")", "code": "\(problem.code.rawValue)",
                        "cause": "\(problem.cause ?? "-")",
                    ])
            }
            response = problem.response(requestID: context.id)
            if request.method == .head { response = response.createHeadResponse() }
        }
        if let name = Self.requestID { response.headers[name] = context.id }
        return response
    }
}

extension KVError {
    init(answering error: any Error) {
        switch error {
        case let error as KVError: self = error
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
