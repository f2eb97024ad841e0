import HTTPTypes
import Hummingbird
import KVJobs
import KVModel
import Logging

/// What every request passes on its way in, and every answer on its way out: checks, errors in their form, a name for
/// each answer, headers for browsers. One middleware rather than four, since each costs a small request some microseconds.
struct Front: Middleware {
    private static let requestID = HTTPField.Name("X-Request-Id")

    let hosts: AllowedHosts
    let audit: AuditLog

    func handle(_ request: Request, _ context: AppContext, next: RouteTable.Handler) async throws -> Response {
        var response: Response
        do {
            try OriginCheck.check(request, hosts)
            try StrictRequests.check(request, path: context.path)
            response = try await answer(request, context, next: next)
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

    /// What a request changes is noted, under the name of who asked, before it is answered.
    private func answer(
        _ request: Request, _ context: AppContext, next: RouteTable.Handler
    ) async throws -> Response {
        guard request.mayChange else { return try await next(request, context) }
        return try await audit.noting(by: context.user, via: GatewayRoute.contains(context.path) ? .gateway : .api) {
            try await next(request, context)
        }
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

extension Request {
    /// Whether its method is one that may change something.
    var mayChange: Bool { method != .get && method != .head && method != .options }
}
