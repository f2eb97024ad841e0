import AsyncHTTPClient
import Foundation
import KVModel
import KVProxy
import KVTLS
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests to the API, each in its turn, and again where that is right: what is sent again is the same request,
/// which leaves what it would have left the first time.
struct CloudflareAPI: Sendable {
    /// The most that a bulk answer has: values of 25 MiB, and room for escapes in them.
    private static let answerLimit = 176 << 20
    private static let refusalLimit = 1 << 20
    /// How often one request is sent again that was refused as one too many.
    private static let patience = 8
    /// Seconds until the same key may be written again.
    private static let keyPause = 1.1
    private static let longestPause = 10.0
    private static let probeTime = TimeAmount.seconds(3)

    private let account: CloudflareAccount
    let pacer: Pacer
    /// On whose behalf requests are sent.
    var context = WorkContext.users

    private let http: HTTPClient

    init(account: CloudflareAccount, pacer: Pacer, trustRoots: NIOSSLTrustRoots) {
        self.account = account
        self.pacer = pacer
        http = Self.client(for: account, trustRoots)
    }

    private struct ClientKey: Hashable {
        /// Nil: plain HTTP.
        var identity: ServiceIdentity?
        var trustRoots: NIOSSLTrustRoots
        var proxy: ForwardProxy?
    }

    /// One for each host and proxy. They live as long as the program, so that nobody has to shut them down.
    private static let clients = Mutex<[ClientKey: HTTPClient]>([:])

    private static func client(for account: CloudflareAccount, _ trustRoots: NIOSSLTrustRoots) -> HTTPClient {
        let url = URL(string: account.baseURL)
        let identity = url?.scheme == "http" ? nil : ServiceIdentity(host: url?.host ?? "")
        let key = ClientKey(identity: identity, trustRoots: trustRoots, proxy: account.proxy)
        return clients.withLock { clients in
            if let known = clients[key] { return known }
            let new = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: configuration(identity, trustRoots, account.proxy))
            clients[key] = new
            return new
        }
    }

    private static func configuration(
        _ identity: ServiceIdentity?, _ trustRoots: NIOSSLTrustRoots, _ proxy: ForwardProxy?
    ) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = trustRoots
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)),
            decompression: .disabled)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = PacerState.places
        if let identity { configuration.require(identity) }
        configuration.proxy = proxy?.configuration
        // A refusal by the proxy is reported at once. By default the library tries again until the connection times out.
        configuration.connectionPool.retryConnectionEstablishment = proxy == nil
        return configuration
    }

    /// Whether requests to the account count against the same quota as these.
    func sharesQuota(with other: CloudflareAccount) -> Bool {
        account.token == other.token && account.baseURL == other.baseURL
    }

    /// What came of a request.
    enum Outcome<Received: Sendable>: Sendable {
        case received(Received)
        /// - Parameter attempts: More than 1: an earlier attempt whose answer was lost may have been carried out.
        case refused(Refusal, Answer, attempts: Int)
    }

    /// An answer of success. Throws what any other one means.
    func send(_ call: Call) async throws -> Answer {
        switch try await outcome(of: call) {
        case .received(let answer): return answer
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    func outcome(of call: Call) async throws -> Outcome<Answer> {
        try await exchange(call) { try await Answer($0, upTo: Self.answerLimit, account.token) }
    }

    /// The value's bytes as they come; nil when there is no such key.
    func stream(_ call: Call) async throws -> HTTPClientResponse? {
        switch try await exchange(call, { $0 }) {
        case .received(let response): return response
        case .refused(.noKey, _, _): return nil
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    /// One attempt within a few seconds. Throws what keeps the API from answering.
    func probe(_ call: Call) async throws {
        let answer: Answer
        do {
            answer = try await Answer(
                try await execute(call, within: Self.probeTime), upTo: Self.refusalLimit, account.token)
        } catch let error as KVError {
            throw error
        } catch {
            throw unreachable(error, "The store could not be reached. Try later.", call)
        }
        if !answer.isSuccess { throw Refusal(answer).error(call, answer) }
    }

    private func exchange<Received: Sendable>(
        _ call: Call, _ receive: (HTTPClientResponse) async throws -> Received
    ) async throws -> Outcome<Received> {
        let backoff = context.priority == .users ? Backoff.forUsers : .forJobs
        var attempt = 1
        var refusals = 0
        while true {
            let failure: KVError
            var asked: Double?
            do {
                let response = try await execute(call)
                if (200..<300).contains(response.status.code) { return .received(try await receive(response)) }
                let answer = try await Answer(response, upTo: Self.refusalLimit, account.token)
                let refusal = Refusal(answer)
                switch refusal {
                case .tooMany(let quotaIsLeft) where refusals < Self.patience:
                    refusals += 1
                    let own = Backoff.pause(after: refusals, chance: .random(in: 0...1))
                    if quotaIsLeft {
                        let pause = max(own, answer.retryAfter ?? Self.keyPause)
                        try await context.pause(seconds: min(pause, Self.longestPause))
                    } else {
                        pacer.refused(for: answer.retryAfter.map { max($0, own) })
                    }
                    continue
                case .trouble:
                    failure = refusal.error(call, answer)
                    asked = answer.retryAfter
                default: return .refused(refusal, answer, attempts: attempt)
                }
            } catch let error where error is KVError || error is CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                failure = unreachable(error, "The store could not be reached, time and again. Try later.", call)
                // The same user and password would be refused again.
                if error as? HTTPClientError == .proxyAuthenticationRequired { throw failure }
            }
            guard let pause = backoff.pause(after: attempt, asked: asked, chance: .random(in: 0...1)) else {
                throw failure
            }
            attempt += 1
            try await context.pause(seconds: pause)
        }
    }

    private func unreachable(_ error: any Error, _ detail: String, _ call: Call) -> KVError {
        let server = URL(string: account.baseURL)?.host ?? ""
        return KVError(
            .storeUnavailable, account.proxy?.explanation(of: error, server: server) ?? detail,
            cause: "\(call): \(RemoteText.cause(error))")
    }

    /// One attempt, to the head of its answer.
    private func execute(_ call: Call, within time: TimeAmount? = nil) async throws -> HTTPClientResponse {
        try await pacer.turn(in: context)
        context.countRequest()
        do {
            let response = try await http.execute(request(call), timeout: time ?? call.timeout)
            pacer.answered(RateLimit(response.headers), context.priority)
            return response
        } catch {
            pacer.answered(nil, context.priority)
            throw error
        }
    }

    private func request(_ call: Call) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            url: "\(account.baseURL)/accounts/\(PercentCoding.encode(account.id))/storage/kv/namespaces\(call.path)")
        request.method = call.method
        if let contentType = call.contentType { request.headers.add(name: "Content-Type", value: contentType) }
        request.headers.add(name: "Authorization", value: "Bearer \(account.token.secret)")
        request.headers.add(name: "User-Agent", value: "kv-manager")
        if let trace = context.trace { request.headers.add(name: "traceparent", value: trace.header) }
        request.body = call.body.map { .bytes($0) }
        return request
    }
}

extension Answer {
    fileprivate init(_ response: HTTPClientResponse, upTo limit: Int, _ token: CloudflareToken) async throws {
        let body = try await response.body.collect(upTo: limit)
        self.init(
            status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView),
            token: token)
    }
}
