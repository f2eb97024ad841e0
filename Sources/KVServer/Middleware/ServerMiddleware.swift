import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVTransfer
import Logging

/// What every request passes on its way in, and every answer on its way out: checks, errors in their form, a name for
/// each answer, headers for browsers. One middleware rather than four, since each costs a small request some microseconds.
struct ServerMiddleware: Middleware {
    private static let traceParent = HTTPField.Name("traceparent")

    private let hosts: AllowedHosts
    private let isSecure: Bool
    private let authenticator: Authenticator
    private let traffic: Traffic
    private let bodies: BodyStorage
    private let originCheck: OriginCheck
    private let strictRequests = StrictRequests(emptyEnds: ["/entries/", "/values/"])
    private let compression: Compression

    /// - Parameters:
    ///   - isSecure: Whether requests come over TLS.
    init(
        hosts: AllowedHosts, isSecure: Bool, authenticator: Authenticator, traffic: Traffic, bodies: BodyStorage
    ) {
        self.hosts = hosts
        self.isSecure = isSecure
        self.authenticator = authenticator
        self.traffic = traffic
        self.bodies = bodies
        originCheck = OriginCheck(hosts, isSecure: isSecure, pathsWithoutHost: ["/healthz", "/readyz"])
        compression = Compression(budget: bodies.budget) { bytes in try Gzip.member(of: bytes) }
    }

    func handle(_ request: Request, _ context: AppContext, next: RouteTable<AppContext>.Handler) async throws
        -> Response
    {
        var response: Response
        let start = ContinuousClock.now
        let trace = Self.traceParent.flatMap { request.headers[$0] }.flatMap { TraceContext($0) }
        traffic.begin()
        do {
            try originCheck.check(request, path: context.path)
            var context = context
            context.principal = try authenticator.principal(of: request)
            try strictRequests.check(request, path: context.path)
            if let trace { context.work = WorkContext(trace: trace) }
            response = try await next(request, context)
            // Smaller answers are neither compressed nor kept.
            if let count = response.body.contentLength, count >= Compression.leastBytes {
                response = try await bodies.keep(compression.compress(response, for: request))
            }
        } catch let error where error.isBrokenConnection {
            traffic.breakOff()
            throw error
        } catch {
            Self.log(KVError(answering: error), context, trace)
            response = ErrorForm(of: context).response(to: error, requestID: context.id)
            if request.method == .head { response = response.createHeadResponse() }
        }
        // Routes name addresses as they know them.
        if !context.base.isRoot, let location = response.headers[.location] {
            response.headers[.location] = context.base.text + location
        }
        SecurityHeaders.add(to: &response)
        if isSecure { SecurityHeaders.addTransport(to: &response, hosts, request.head.authority) }
        traffic.end(
            Traffic.Ending(method: request.method.label, status: response.status.code),
            of: context.pattern, after: ContinuousClock.now - start,
            isWaiting: Query.hasParameter("wait", in: request))
        if let name = HTTPField.Name.requestID { response.headers.append(HTTPField(name: name, value: context.id)) }
        return response
    }

    private static func log(_ problem: KVError, _ context: AppContext, _ trace: TraceContext?) {
        guard problem.code.status.kind == .serverError || problem.cause != nil else { return }
        // Paths hold key names, so the log has the route's pattern only.
        var metadata: Logger.Metadata = [
            "route": "\(context.pattern?.text ?? "-")", "code": "\(problem.code.rawValue)",
            "cause": "\(problem.cause ?? "-")",
        ]
        if let trace { metadata["trace"] = "\(trace.trace)" }
        context.logger.error("A request failed", metadata: metadata)
    }
}

extension HTTPRequest.Method {
    /// One of a few names: what clients make up is one of them.
    fileprivate var label: String {
        switch self {
        case .get, .head, .post, .put, .patch, .delete, .options: rawValue
        default: "other"
        }
    }
}
