import HTTPTypes
import Hummingbird
import KVModel
import Logging
import Synchronization

/// Under which conditions the gateway's requests are served: who may ask, how often, how slowly, how reliably; and what
/// arrived so far.
final class GatewayConditions: Sendable {
    /// What was decided on a request that is let in.
    struct Admission {
        var principal: Principal
        var fault: GatewayFault?
        /// For its answer, whatever that is.
        var headers: HTTPFields
    }

    private struct State {
        var usage = GatewayUsage()
        var windows: QuotaWindows?
        var faults: GatewayFaults
    }

    let latency: Duration
    private let state: Mutex<State>
    private let refused = Mutex(RefusedTokens())
    /// Milliseconds since 1970.
    private let clock: WallClock

    init(_ options: GatewayOptions, clock: WallClock) {
        latency = options.latency
        state = Mutex(
            State(
                windows: options.quota.map { QuotaWindows($0) },
                faults: GatewayFaults(probability: options.faultProbability, seed: options.seed)))
        self.clock = clock
    }

    /// Counts a request and decides on it, at once, so that nothing but the order of requests decides. Throws what the
    /// request is to be answered if it is not let in.
    ///
    /// - Parameter client: The client, or why it is refused.
    func admit(
        _ client: Result<GatewayClient, CloudflareError>, as route: GatewayRoute
    ) throws(CloudflareError) -> Admission {
        var refusal: CloudflareError?
        var principal = Principal.anonymous
        var credential = GatewayCredential.anonymous
        switch client {
        case .success(let client): (principal, credential) = (client.principal, client.credential)
        case .failure(let error):
            refusal = route.isVerification && error.code == CloudflareError.unauthorized.code ? .invalidToken : error
        }
        let admission: Result<Admission, CloudflareError> = state.withLock { state in
            state.usage.count(route)
            var headers = HTTPFields()
            if let status = state.windows?.take(for: credential, at: clock.now), let quota = state.windows?.quota {
                headers = HTTPFields(status, of: quota)
                if status.isOver {
                    state.usage.countThrottled()
                    return .failure(.throttled(seconds: status.secondsLeft).adding(headers))
                }
            }
            if let refusal { return .failure(refusal.adding(headers)) }
            let fault = state.faults.next(isBulkWrite: route.isBulkWrite)
            if fault != nil { state.usage.countFault() }
            return .success(Admission(principal: principal, fault: fault, headers: headers))
        }
        return try admission.get()
    }

    /// Wrong tokens since the start.
    var refusedTokens: Int { refused.withLock { $0.total } }

    /// Counts a request with a wrong token, and has it wait for its refusal. Throws what it is answered instead where too
    /// many are waiting.
    func holdUp(_ address: String, _ logger: Logger) async throws {
        let (verdict, total) = refused.withLock { refused in
            (refused.note(from: address, at: clock.now), refused.total)
        }
        if verdict.isToBeLogged {
            logger.warning(
                "The gateway refuses a token that it does not know",
                metadata: ["address": "\(address)", "refused": "\(total)"])
        }
        guard let delay = verdict.delay else { throw CloudflareError.throttled(seconds: 1) }
        defer { refused.withLock { $0.end() } }
        try await Task.sleep(for: .milliseconds(delay))
    }

    var usage: GatewayUsage { state.withLock { $0.usage } }

    func resetUsage() { state.withLock { $0.usage = GatewayUsage() } }
}

extension HTTPFields {
    /// As the hosted service tells it: what is left, and what the quota is.
    fileprivate init(_ status: QuotaWindow.Status, of quota: RequestQuota) {
        self.init()
        let window = Int(quota.seconds.rounded(.up))
        for (name, value) in [
            ("Ratelimit", "\"default\";r=\(status.remaining);t=\(status.secondsLeft)"),
            ("Ratelimit-Policy", "\"default\";q=\(quota.requests);w=\(window)"),
        ] {
            if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
        }
    }
}
