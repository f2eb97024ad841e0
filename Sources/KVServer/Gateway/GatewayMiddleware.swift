import HTTPTypes
import Hummingbird
import KVHTTP
import NIOCore

/// What every request to the gateway passes, those that no route knows too.
///
/// It is added to the router behind all other routes, so that it costs those nothing.
struct GatewayMiddleware: Middleware {
    let authenticator: Authenticator
    let conditions: GatewayConditions

    func handle(_ request: Request, _ context: AppContext, next: RouteTable<AppContext>.Handler) async throws
        -> Response
    {
        guard GatewayRoute.contains(context.path) else { return try await next(request, context) }
        let client = Result { () throws(CloudflareError) in
            try authenticator.gatewayClient(of: request, otherwise: context.principal)
        }
        let admission = Result { () throws(CloudflareError) in
            try conditions.admit(client, as: GatewayRoute(request, endpoint: context.pattern?.text))
        }
        if case .failure(let refusal) = admission, refusal.status == .unauthorized {
            try await conditions.holdUp(context.channel.remoteAddress?.ipAddress ?? "unknown", context.logger)
        }
        if conditions.latency > .zero { try await Task.sleep(for: conditions.latency) }
        let admitted = try admission.get()
        var context = context
        context.principal = admitted.principal
        do {
            var response = try await serve(request, context, fault: admitted.fault, next: next)
            response.headers.append(contentsOf: admitted.headers)
            return response
        } catch let error where error.isBrokenConnection {
            throw error
        } catch {
            throw CloudflareError(answering: error).adding(admitted.headers)
        }
    }

    private func serve(
        _ request: Request, _ context: AppContext, fault: GatewayFault?, next: RouteTable<AppContext>.Handler
    ) async throws -> Response {
        switch fault {
        case nil: return try await next(request, context)
        case .internalError: throw CloudflareError.serviceFailure
        case .badGateway: return Self.badGateway
        case .droppedBefore: throw await Self.drop(context)
        case .droppedAfter:
            _ = try? await next(request, context)
            throw await Self.drop(context)
        case .partial(let share):
            var context = context
            context.appliedShare = share
            return try await next(request, context)
        }
    }

    /// Closes the connection without an answer; returns the error that says so.
    private static func drop(_ context: AppContext) async -> ChannelError {
        try? await context.channel.close()
        return .ioOnClosedChannel
    }

    /// As a proxy in between says it: not in the API's own form.
    private static var badGateway: Response {
        let page = """
            <html>
            <head><title>502 Bad Gateway</title></head>
            <body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body>
            </html>

            """
        return Response(
            status: .badGateway, headers: [.contentType: "text/html"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
    }
}
