import HTTPTypes
import Hummingbird
import KVModel
import Logging

/// What every request passes on its way in, and every answer on its way out: checks, errors in their form, a name for
/// each answer, headers for browsers. One middleware rather than four, since each costs a small request some microseconds.
struct Front: Middleware {
    private static let requestID = HTTPField.Name("X-Request-Id")

    let hosts: AllowedHosts

    func handle(_ request: Request, _ context: AppContext, next: RouteTable.Handler) async throws -> Response {
        var response: Response
        do {
            try OriginCheck.check(request, hosts)
            try StrictRequests.check(request, path: context.path)
            response = try await next(request, context)
        } catch let error where error.isBrokenConnection {
            throw error
        } catch {
            Self.log(KVError(answering: error), context)
            response = ErrorForm(of: request).response(to: error, requestID: context.id)
            if request.method == .head { response = response.createHeadResponse() }
        }
        SecurityHeaders.add(to: &response)
        if let name = Self.requestID { response.headers.append(HTTPField(name: name, value: context.id)) }
        return response
    }

    private static func log(_ problem: KVError, _ context: AppContext) {
        guard problem.code.status.kind == .serverError || problem.cause != nil else { return }
        // Paths hold key names, so the log has the route's pattern only.
        context.logger.error(
            "A request failed",
            metadata: [
                "route": "\(context.pattern?.text ?? "-")", "code": "\(problem.code.rawValue)",
                "cause": "\(problem.cause ?? "-")",
            ])
    }
}
